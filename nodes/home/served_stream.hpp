#pragma once
// One stream of the stream server: its socket, its file and its machine.

#include "actors/home/home_ports.hpp"
#include "actors/home/stream_sender_machine.hpp"
#include "actors/link/data_preface.hpp"
#include "nodes/home/stream_content.hpp"
#include "nodes/support/resolver.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace hearth::home {

/// Lives as long as something of it is under way. All but `start` and `cut` on its strand.
class ServedStream final : public std::enable_shared_from_this<ServedStream> {
 public:
  struct Ended {
    bool complete = false;
    bool refused = false;  ///< The client was told why not, if it was there to hear it.
    std::uint64_t media_bytes = 0;
  };
  using OnEnd = std::function<void(const Ended&)>;
  using OpenContent = std::function<Result<StreamContent>(const StreamSource&)>;

  /// What all streams of a server share; outlives them.
  struct Shop {
    boost::asio::io_context& io;
    boost::asio::thread_pool& disk;  ///< Reads files: none of the streams' threads waits for one.
    Resolver& resolver;
    Millis dial_timeout;
  };

  ServedStream(const Shop& shop, ServeStream order, OnEnd on_end);

  [[nodiscard]] const NodeId& client() const { return order_.client; }
  [[nodiscard]] const StreamSource& source() const { return order_.source; }

  /// Goes on with what `open` gave for the source of the order. From any thread, once.
  void start(Result<StreamContent> content);
  /// Ends the stream without its final mark. From any thread.
  void cut();

 private:
  using Tcp = boost::asio::ip::tcp;
  using Failure = boost::system::error_code;

  void dial_next();
  void dial(const std::vector<SocketAddress>& addresses);
  void connected();
  void shake_hands();
  void take_handshake(std::size_t bytes);
  void dial_again();
  void begin();
  void listen();
  void tick();
  void perform(StreamEffects effects);
  void read(const StreamEffects::Read& order);
  void take_chunk(const Result<void>& read);
  void flush();
  void finish();
  void linger();
  void end(bool complete);
  [[nodiscard]] static Instant now();

  Shop shop_;
  Tcp::socket socket_;
  Resolver::Job lookup_ = 0;
  boost::asio::steady_timer timer_;
  ServeStream order_;
  OnEnd on_end_;
  std::optional<StreamContent> content_;
  std::optional<link::DataInitiator> preface_;
  std::optional<StreamSenderMachine> machine_;
  std::size_t next_endpoint_ = 0;
  std::size_t dials_left_;
  std::array<std::uint8_t, 4096> incoming_{};
  Bytes chunk_;     ///< Of the disk's thread while a read is under way.
  Bytes outgoing_;  ///< Not yet handed to the socket.
  Bytes writing_;   ///< With the socket.
  std::optional<Error> closing_;
  bool over_ = false;
};

}  // namespace hearth::home
