#pragma once
// The home's side of one stream: seals the bytes of a file for one client, no faster than the
// client's credit and the socket allow. Source: docs/formats/stream.md.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/seal/stream_keys.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace hearth::home {

/// What a stream was opened with. `header.error` set: the header alone is sent, as the final frame.
struct StreamPlan {
  seal::StreamContext context;
  seal::StreamOpener grants;  ///< Of the client's direction, past the request.
  StreamRequest request;
  StreamHeader header;
};

// ---- inputs ----

/// The connection is up: the first input.
struct StreamConnected {};
/// What the client sent, cut anywhere.
struct StreamBytes {
  BytesView bytes;
};
/// The bytes that the last `read` asked for, exactly as many.
struct ChunkRead {
  BytesView bytes;
};
/// Every byte sent so far was taken by the socket.
struct StreamWritable {};
/// At least every `stream_tick`.
struct StreamTick {};

using StreamInput =
    std::variant<StreamConnected, StreamBytes, ChunkRead, StreamWritable, StreamTick>;

inline constexpr Millis stream_tick{100};
inline constexpr std::chrono::minutes stream_idle_max{2};

// ---- effects, in the order in which they are done ----

struct StreamEffects {
  struct Read {
    std::uint64_t offset = 0;  ///< In the file.
    std::size_t bytes = 0;     ///< 1 to `limits::frame_bytes_max`.
  };
  Bytes send;
  std::optional<Read> read;
  /// Close when `send` is with the socket. Code `none`: the stream is complete. Any other: it was
  /// cut without its final mark, so that the client cannot take it for whole.
  std::optional<Error> close;
};

/// Pure. One read or one send is under way at most, so a stream holds about two frames, however
/// slow its reader. A stream in which nothing moves for `stream_idle_max` is cut. A file that
/// changed is the caller's to notice: it drops the machine and closes.
class StreamSenderMachine {
 public:
  explicit StreamSenderMachine(StreamPlan plan);

  /// After `close` no input has an effect.
  [[nodiscard]] StreamEffects step(const StreamInput& input, Instant now);

  [[nodiscard]] std::uint64_t media_bytes_sent() const { return sent_; }

 private:
  void take(const StreamConnected& input, StreamEffects& effects);
  void take(const StreamBytes& input, StreamEffects& effects);
  void take(const ChunkRead& input, StreamEffects& effects);
  void take(const StreamWritable& input, StreamEffects& effects);
  void take(const StreamTick& input, StreamEffects& effects);

  [[nodiscard]] bool range_fits() const;
  void send_frame(BytesView plain, bool final, StreamEffects& effects);
  Result<void> take_grants();
  void go_on(StreamEffects& effects);
  void fit_frame_to_rate();
  [[nodiscard]] std::uint64_t left() const { return end_ - (plan_.request.offset + sent_); }
  void end(Error why, StreamEffects& effects);

  StreamPlan plan_;
  seal::StreamSealer sealer_;
  Bytes request_data_;  ///< Associated data of the client's frames.
  Bytes media_data_;    ///< Of ours, past the header.
  Bytes received_;      ///< The beginning of a frame of the client.
  std::uint64_t end_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t credit_ = 0;
  std::size_t frame_step_ = 0;  ///< Which size the next media frame has, if credit allows.
  bool reading_ = false;
  bool writing_ = false;
  bool over_ = false;
  Instant now_{};
  Instant frame_sent_at_{};  ///< Any frame, empty ones included.
  Instant moved_at_{};       ///< When the client was heard or the socket took something.
};

}  // namespace hearth::home
