#pragma once
// Sends the bytes of files to clients: runs one StreamSenderMachine per stream on sockets, files
// and timers. Dials the data port of the super-peer that ordered the stream.

#include "actors/home/home_ports.hpp"
#include "messages/base/types.hpp"
#include "nodes/home/probe_worker.hpp"

#include <cstdint>
#include <memory>

namespace hearth::home {

struct StreamServerOptions {
  ProbeOptions probe;  ///< For covers inside files.
  std::size_t threads = 2;
  std::size_t streams_max = 256;  ///< More are told `limit_reached`, and counted.
  Millis dial_timeout{5'000};     ///< Connection and handshake together.
};

struct StreamServerStats {
  std::uint64_t streams_open = 0;
  std::uint64_t streams_served = 0;   ///< To the end.
  std::uint64_t streams_failed = 0;   ///< Cut: by either side, the network or a changed file.
  std::uint64_t streams_refused = 0;  ///< Told why: no such file, or beyond `streams_max`.
  std::uint64_t media_bytes = 0;      ///< Plain bytes, sealed and taken by the socket.
};

/// Threads of its own. A stream whose file does not fit its source any more tells the client so
/// in its header, if that is not sent yet, and is cut without a final mark otherwise.
class StreamServer final {
 public:
  explicit StreamServer(StreamServerOptions options);
  /// Cuts every stream and waits for the threads.
  ~StreamServer();
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  // From any thread; return at once.
  void serve(ServeStream order);
  void end(EndStreams order);

  [[nodiscard]] StreamServerStats stats() const;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace hearth::home
