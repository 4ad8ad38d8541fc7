#include "nodes/network/emulator.hpp"

#include "nodes/network/network_order.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <queue>
#include <random>
#include <unistd.h>
#include <utility>

namespace hearth::network {
namespace {

constexpr std::size_t packet_bytes_max = 2048;  ///< More than an interface's MTU.
constexpr std::size_t head_bytes = 20;
constexpr std::size_t destination_offset = 16;
constexpr int packets_a_turn = 64;
constexpr std::size_t waiting_bytes_max = 64U << 20U;  ///< Of all ways; what is more is lost.

using Packet = std::vector<std::uint8_t>;

/// A packet on its way.
struct Waiting {
  Instant at;
  std::uint64_t number = 0;  ///< In the order of their sending.
  Host to = 0;
  Packet packet;

  /// For a queue whose top comes first.
  bool operator<(const Waiting& other) const {
    return std::pair(at, number) > std::pair(other.at, other.number);
  }
};

Instant now() {
  return std::chrono::steady_clock::now();
}

Chance fresh_chance() {
  return
      [random = std::mt19937_64(std::random_device{}()),
       spread = std::uniform_real_distribution<double>(0, 1)]() mutable { return spread(random); };
}

class Emulator final {
 public:
  Emulator(const std::vector<EmulatedHost>& hosts, OrderSocket& orders)
      : hosts_(hosts), orders_(orders), ways_(fresh_chance()) {
    for (Host host = 0; host < hosts.size(); ++host) {
      in_addr address{};
      ::inet_pton(AF_INET, hosts[host].address.c_str(), &address);
      by_address_[address.s_addr] = host;
      if (!hosts[host].name.empty()) {
        by_name_[hosts[host].name] = host;
      }
    }
  }

  void turn() {
    std::vector<pollfd> fds;
    for (const auto& host : hosts_) {
      fds.push_back({host.packets, POLLIN, 0});
    }
    orders_.add_to(fds);
    const auto wait = patience();
    ::ppoll(fds.data(), fds.size(), wait ? &*wait : nullptr, nullptr);
    for (Host host = 0; host < hosts_.size(); ++host) {
      if (fds[host].revents != 0) {
        take_packets(host);
      }
    }
    hand_out();
    orders_.serve([this](std::string_view order) { return obey(order); });
  }

 private:
  /// Until the next packet is due. Nothing: there is none.
  [[nodiscard]] std::optional<timespec> patience() const {
    if (waiting_.empty()) {
      return std::nullopt;
    }
    const auto left = std::max(waiting_.top().at - now(), Instant::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    return timespec{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  }

  void take_packets(Host from) {
    std::array<std::uint8_t, packet_bytes_max> buffer{};
    for (int i = 0; i < packets_a_turn; ++i) {
      const auto count = ::read(hosts_[from].packets, buffer.data(), buffer.size());
      if (count <= 0) {
        return;
      }
      const auto bytes = static_cast<std::size_t>(count);
      if (const auto to = destination(buffer.data(), bytes)) {
        send(from, *to, buffer.data(), bytes);
      }
    }
  }

  [[nodiscard]] std::optional<Host> destination(const std::uint8_t* packet,
                                                std::size_t bytes) const {
    if (bytes < head_bytes || packet[0] >> 4U != 4) {
      return std::nullopt;
    }
    in_addr_t address = 0;
    std::memcpy(&address, packet + destination_offset, sizeof address);
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? std::nullopt : std::optional(found->second);
  }

  void send(Host from, Host to, const std::uint8_t* packet, std::size_t bytes) {
    const auto at = now();
    for (const auto arrival : ways_.arrivals(from, to, bytes, at)) {
      if (arrival <= at) {
        hand_over(to, packet, bytes);
      } else if (waiting_bytes_ + bytes <= waiting_bytes_max) {
        waiting_bytes_ += bytes;
        waiting_.push({arrival, ++numbers_, to, Packet(packet, packet + bytes)});
      }
    }
  }

  void hand_out() {
    for (const auto at = now(); !waiting_.empty() && waiting_.top().at <= at; waiting_.pop()) {
      const auto& next = waiting_.top();
      hand_over(next.to, next.packet.data(), next.packet.size());
      waiting_bytes_ -= next.packet.size();
    }
  }

  /// What a host has no room for is lost, as anywhere.
  void hand_over(Host to, const std::uint8_t* packet, std::size_t bytes) {
    [[maybe_unused]] const auto written = ::write(hosts_[to].packets, packet, bytes);
  }

  std::string obey(std::string_view text) {
    const auto parsed = parse_order(text, by_name_);
    if (!parsed) {
      return order_answer(parsed.error());
    }
    const auto& order = parsed.value();
    switch (order.kind) {
      case OrderKind::end: ways_.end(order.name); break;
      case OrderKind::heal: ways_.heal(); break;
      case OrderKind::disturb:
        if (!ways_.disturb(order.name, order.disturbance, now() + order.lasts)) {
          return order_answer(Error{ErrorCode::limit_reached, "too many disturbances at once"});
        }
    }
    return order_answer({});
  }

  const std::vector<EmulatedHost>& hosts_;
  OrderSocket& orders_;
  Ways ways_;
  std::map<in_addr_t, Host> by_address_;
  std::map<std::string, Host> by_name_;
  std::priority_queue<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t numbers_ = 0;
};

}  // namespace

void run_emulator(const std::vector<EmulatedHost>& hosts, OrderSocket& orders) {
  Emulator emulator(hosts, orders);
  while (true) {
    emulator.turn();
  }
}

}  // namespace hearth::network
