#include "nodes/link/tcp_wire.hpp"

#include <caf/actor_cast.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <utility>

namespace hearth {

namespace {

using caf::io::receive_policy;

/// Reads are paused with tokens, never with halt(), which can lose bytes that CAF has read.
constexpr std::size_t read_tokens = 32;
/// CAF keeps a buffer of this size for every connection; it grows for those that send much.
constexpr std::size_t read_bytes_small = 4U << 10U;
constexpr std::size_t read_bytes_large = 16U << 10U;

}  // namespace

TcpWire::TcpWire(caf::io::broker* self) : self_(self) {}

caf::message_handler TcpWire::handlers() {
  return {
      [this](const caf::io::new_connection_msg& m) { on_accept(m.handle); },
      [this](const caf::io::new_data_msg& m) { on_data(m.handle, m.buf); },
      [this](const caf::io::connection_closed_msg& m) { on_closed(m.handle); },
      [this](const caf::io::connection_passivated_msg& m) { on_out_of_tokens(m.handle); },
      [this](const caf::io::data_transferred_msg& m) {
        if (const auto number = number_of(m.handle)) {
          shell_->written(*number, m.remaining);
        }
      },
      [this](const ResumeTcp& m) { on_resume(m.connection); },
      [this](const CloseTcp& m) { on_close(m); },
      [this](const StopTcp& m) { self_->quit(m.reason); },
      [this](const DialFailed& m) {
        if (connections_.erase(m.connection) != 0) {
          shell_->closed(m.connection);
        }
      },
      [this](NameResolved& m) { on_resolved(m); },
  };
}

void TcpWire::dial(std::uint64_t number, const seal::Endpoint& endpoint, std::uint32_t attempt) {
  auto& connection = connections_[number];
  connection.attempt = attempt;
  if (const auto address = numeric_address(endpoint)) {
    connect(number, *address);
  } else {
    look_up(number, connection, endpoint);
  }
}

void TcpWire::look_up(std::uint64_t number, Connection& connection,
                      const seal::Endpoint& endpoint) {
  connection.lookup =
      resolver_.resolve(endpoint, [number, link = caf::actor_cast<caf::actor_addr>(self_)](
                                      std::vector<SocketAddress> addresses) {
        if (const auto alive = caf::actor_cast<caf::actor>(link)) {
          caf::anon_send(alive, NameResolved{number, std::move(addresses)});
        }
      });
}

void TcpWire::on_resolved(NameResolved& resolved) {
  const auto* connection = find(resolved.connection);
  if (connection == nullptr) {
    return;  // given up meanwhile
  }
  if (resolved.addresses.empty()) {
    self_->send(self_, DialFailed{resolved.connection});
    return;
  }
  connect(resolved.connection, resolved.addresses[connection->attempt % resolved.addresses.size()]);
}

/// connect(2) without waiting: the socket goes to the multiplexer while still connecting. What is
/// written to it leaves when the kernel says writable; a refusal closes the connection.
void TcpWire::connect(std::uint64_t number, const SocketAddress& address) {
  auto fd = start_connect(address);
  if (!fd) {
    self_->send(self_, DialFailed{number});
    return;
  }
  auto& connection = connections_[number];
  adopt(number, connection, self_->add_scribe(fd.value().release()));
  const auto early = std::exchange(connection.early, {});
  send(number, early);
}

void TcpWire::adopt(std::uint64_t number, Connection& connection, Handle handle) {
  connection.handle = handle;
  numbers_[handle] = number;
  self_->ack_writes(handle, true);
  self_->configure_read(handle, receive_policy::at_most(read_bytes_small));
  self_->trigger(handle, read_tokens);
}

void TcpWire::on_accept(Handle handle) {
  if (stopping_) {
    self_->close(handle);
    return;
  }
  const auto fd = static_cast<int>(handle.id());
  tune_connection(fd);
  const auto number = shell_->accepted(source_of(fd));
  adopt(number, connections_[number], handle);
}

void TcpWire::on_data(Handle handle, const std::vector<char>& bytes) {
  const auto number = number_of(handle);
  if (!number) {
    return;
  }
  auto& connection = connections_.at(*number);
  if (!connection.reads_much && bytes.size() == read_bytes_small) {
    connection.reads_much = true;
    self_->configure_read(handle, receive_policy::at_most(read_bytes_large));
  }
  shell_->received(*number,
                   BytesView(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

void TcpWire::on_closed(Handle handle) {
  if (closing_.erase(handle) != 0) {
    return;
  }
  if (const auto number = number_of(handle)) {
    numbers_.erase(handle);
    connections_.erase(*number);
    shell_->closed(*number);
  }
}

/// CAF stops reading after so many reads and asks here.
void TcpWire::on_out_of_tokens(Handle handle) {
  const auto number = number_of(handle);
  if (!number) {
    return;
  }
  auto& connection = connections_.at(*number);
  if (connection.paused) {
    connection.out_of_tokens = true;
  } else {
    self_->trigger(handle, read_tokens);
  }
}

void TcpWire::send(std::uint64_t number, BytesView bytes) {
  auto* connection = find(number);
  if (connection == nullptr || bytes.empty()) {
    return;
  }
  if (!connection->handle) {
    connection->early.insert(connection->early.end(), bytes.begin(), bytes.end());
    return;
  }
  auto& out = self_->wr_buf(*connection->handle);
  const auto* data = reinterpret_cast<const char*>(bytes.data());
  out.insert(out.end(), data, data + bytes.size());
  self_->flush(*connection->handle);
}

void TcpWire::close(std::uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) {
    return;
  }
  const auto handle = found->second.handle;
  resolver_.forget(found->second.lookup);
  connections_.erase(found);
  if (handle) {
    numbers_.erase(*handle);
    // Without this a socket that is still connecting, or whose peer does not read, would stay in
    // the multiplexer until the kernel gives up: close() only asks for a graceful end.
    break_connection(static_cast<int>(handle->id()));
    closing_[*handle] = number;
    in_next_turn(CloseTcp{number, *handle});
  }
}

/// CAF folds all that one turn of its loop asks for a socket into one change. A close() in the turn
/// that gave it the socket would fold into nothing: never removed, so never released.
template <class Message>
void TcpWire::in_next_turn(Message message) {
  self_->system().middleman().backend().post(
      [link = caf::actor_cast<caf::actor_addr>(self_), message = std::move(message)] {
        if (const auto alive = caf::actor_cast<caf::actor>(link)) {
          caf::anon_send(alive, message);
        }
      });
}

void TcpWire::on_close(const CloseTcp& order) {
  const auto found = closing_.find(order.handle);
  if (found != closing_.end() && found->second == order.connection) {
    closing_.erase(found);
    self_->close(order.handle);
  }
}

void TcpWire::stop(caf::error reason) {
  stopping_ = true;
  while (!connections_.empty()) {
    close(connections_.begin()->first);
  }
  in_next_turn(StopTcp{std::move(reason)});
}

void TcpWire::pause(std::uint64_t number) {
  if (auto* connection = find(number)) {
    connection->paused = true;
  }
}

void TcpWire::resume(std::uint64_t number) {
  auto* connection = find(number);
  if (connection == nullptr) {
    return;
  }
  connection->paused = false;
  if (std::exchange(connection->out_of_tokens, false)) {
    // Not trigger() here: CAF may still owe the removal of this socket from its loop, and that
    // would undo it for ever. A message to ourselves comes after the removal.
    self_->send(self_, ResumeTcp{number});
  }
}

void TcpWire::on_resume(std::uint64_t number) {
  const auto* connection = find(number);
  if (connection != nullptr && connection->handle) {
    self_->trigger(*connection->handle, read_tokens);
  }
}

TcpWire::Connection* TcpWire::find(std::uint64_t number) {
  const auto found = connections_.find(number);
  return found == connections_.end() ? nullptr : &found->second;
}

std::optional<std::uint64_t> TcpWire::number_of(Handle handle) const {
  const auto found = numbers_.find(handle);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace hearth
