#pragma once
// Bytes of a link over TCP, on a CAF broker. Everything runs in CAF's I/O thread.

#include "actors/link/link_shell.hpp"
#include "actors/link/wire.hpp"
#include "nodes/link/socket.hpp"
#include "nodes/support/resolver.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/io/broker.hpp>
#include <caf/message_handler.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace hearth {

/// From the wire to itself.
struct ResumeTcp {
  std::uint64_t connection = 0;
};
struct DialFailed {
  std::uint64_t connection = 0;
};
struct CloseTcp {
  std::uint64_t connection = 0;
  caf::io::connection_handle handle;
};
struct StopTcp {
  caf::error reason;
};
struct NameResolved {
  std::uint64_t connection = 0;
  std::vector<SocketAddress> addresses;
};

class TcpWire final : public link::Wire {
 public:
  explicit TcpWire(caf::io::broker* self);

  /// Before anything else. `shell` must outlive the wire's last message.
  void start(link::LinkShell& shell) { shell_ = &shell; }
  [[nodiscard]] caf::message_handler handlers();
  /// Breaks every connection, so that none outlives the broker, and then ends the broker.
  void stop(caf::error reason);

  void dial(std::uint64_t connection, const seal::Endpoint& endpoint,
            std::uint32_t attempt) override;
  void send(std::uint64_t connection, BytesView bytes) override;
  void close(std::uint64_t connection) override;
  void pause(std::uint64_t connection) override;
  void resume(std::uint64_t connection) override;

 private:
  using Handle = caf::io::connection_handle;
  struct Connection {
    std::optional<Handle> handle;  ///< None while its name is looked up.
    Bytes early;                   ///< Sent before there was a handle.
    Resolver::Job lookup = 0;      ///< Of its name.
    std::uint32_t attempt = 0;
    bool paused = false;
    bool out_of_tokens = false;
    bool reads_much = false;
  };

  void look_up(std::uint64_t number, Connection& connection, const seal::Endpoint& endpoint);
  void connect(std::uint64_t number, const SocketAddress& address);
  void adopt(std::uint64_t number, Connection& connection, Handle handle);
  [[nodiscard]] Connection* find(std::uint64_t number);
  [[nodiscard]] std::optional<std::uint64_t> number_of(Handle handle) const;
  void on_accept(Handle handle);
  void on_data(Handle handle, const std::vector<char>& bytes);
  void on_closed(Handle handle);
  void on_out_of_tokens(Handle handle);
  void on_resume(std::uint64_t number);
  void on_close(const CloseTcp& order);
  template <class Message>
  void in_next_turn(Message message);
  void on_resolved(NameResolved& resolved);

  caf::io::broker* self_;
  link::LinkShell* shell_ = nullptr;
  std::map<std::uint64_t, Connection> connections_;
  // Handles are descriptor numbers and come back; our numbers do not.
  std::unordered_map<Handle, std::uint64_t> numbers_;
  std::unordered_map<Handle, std::uint64_t> closing_;  ///< Broken, and CAF not told yet.
  bool stopping_ = false;
  Resolver resolver_;
};

}  // namespace hearth

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::ResumeTcp)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::DialFailed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::CloseTcp)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::StopTcp)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::NameResolved)
