#pragma once
// A real link on loopback in an actor system of its own, and a peer made of a blocking socket
// that does what no decent link would.

#include "actors/link/channel_machine.hpp"
#include "actors/runtime/caf_protocol.hpp"
#include "nodes/link/socket.hpp"
#include "nodes/link/tcp_link.hpp"
#include "tests/support/link_cluster.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

// Of the sanitizer's runtime, where there is one: tests themselves are compiled without it.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" void __asan_init() __attribute__((weak));

namespace hearth::testing {

inline constexpr std::chrono::seconds patience{10};

/// The address sanitizer, which keeps what was freed for a while, is not in this process.
inline bool memory_is_exact() {
  return __asan_init == nullptr;
}

struct SomeDayClock final : WallClock {
  [[nodiscard]] WallTime now() const override { return some_day; }
};

/// Answers every request with itself.
inline caf::behavior echo(caf::event_based_actor* self, const caf::actor& link) {
  return {[self, link](const Delivered& delivered) {
    if (delivered.reply_to) {
      self->send(link, Reply{*delivered.reply_to, delivered.envelope});
    }
  }};
}

/// Keeps link and echo alive, as a node's root does.
inline caf::behavior root_of_link(caf::event_based_actor* self, const LinkMaker& make,
                                  const std::string& name, const caf::actor& asks) {
  const auto link = make(self);
  const auto actor = self->spawn<caf::linked>(echo, link);
  self->send(link, BindActor{name, actor});
  self->send(asks, link);
  return {[link, actor](caf::ok_atom) {}};
}

class RealLink {
 public:
  RealLink(link::LinkOptions options, std::vector<UniqueFd> listeners,
           const std::string& actor = "accounts")
      : system_(config_), self_(system_) {
    TcpLinkOptions tcp;
    tcp.link = std::move(options);
    tcp.listeners = std::move(listeners);
    tcp.wall = &clock_;
    counters = tcp.counters;
    root_ = system_.spawn(root_of_link, tcp_link_maker(std::move(tcp)), actor,
                          caf::actor_cast<caf::actor>(self_.ptr()));
    self_->receive([this](const caf::actor& it) { link = it; });
  }
  ~RealLink() {
    caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
    self_->wait_for(root_);
  }

  /// Whether the peer comes up in time.
  bool comes_up(const NodeId& peer) {
    self_->send(link, WatchPeers{caf::actor_cast<caf::actor>(self_.ptr())});
    bool up = false;
    bool late = false;
    while (!up && !late) {
      self_->receive([&](const PeerUp& it) { up = it.peer.node == peer; }, [&](const PeerDown&) {},
                     caf::after(patience) >> [&] { late = true; });
    }
    return up;
  }

  void order(const LinkOrder& order) { self_->send(link, order); }

  Result<Envelope> ask(const NodeId& to, const Envelope& envelope, Millis budget = Millis(5000)) {
    self_->send(link, Ask{++token_, to, budget, link::TrafficClass::command, envelope});
    std::optional<Result<Envelope>> answer;
    while (!answer) {
      self_->receive(
          [&](const Answered& it) {
            if (it.token == token_) {
              answer = it.answer;
            }
          },
          [&](const PeerUp&) {}, [&](const PeerDown&) {},
          caf::after(patience * 2) >>
              [&] {
                answer = Error{ErrorCode::stopping, "the link broke its promise"};
              });
    }
    return *answer;
  }

  caf::actor link;
  std::shared_ptr<link::LinkCounters> counters;

 private:
  struct Config : caf::actor_system_config {
    Config() {
      load<caf::io::middleman>();
      set("scheduler.max-threads", 2U);
    }
  };
  SomeDayClock clock_;
  Config config_;
  caf::actor_system system_;
  caf::scoped_actor self_;
  caf::actor root_;
  std::uint64_t token_ = 0;
};

class RawTcpPeer {
 public:
  RawTcpPeer(std::uint16_t port, const link::LinkSelf& self, const link::LinkSelf& to)
      : channel_(self, link::Purpose::control, contact_of(to)),
        fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{patience.count(), 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int receive_bytes = 64 << 10;  // so that the kernel does not read in our place
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    connected_ =
        ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    channel_.open(hello);
  }

  void send(BytesView bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return;
      }
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }

  /// Reads once. False when the connection is over, or nothing came in time.
  bool receive() {
    std::uint8_t buffer[16384];
    const auto got = ::recv(fd_.get(), buffer, sizeof buffer, 0);
    if (got <= 0) {
      return false;
    }
    channel_.feed(BytesView(buffer, static_cast<std::size_t>(got)));
    Bytes out;
    while (const auto event = channel_.next(some_day, out)) {
      if (const auto* frame = std::get_if<link::FrameReceived>(&*event)) {
        const auto kind = frame->header.kind;
        answers += kind == link::FrameKind::answer || kind == link::FrameKind::failure ? 1 : 0;
        pings += kind == link::FrameKind::ping ? 1 : 0;
      }
    }
    send(out);
    return true;
  }

  bool shake() {
    send(hello);
    while (!channel_.proven()) {
      if (!receive()) {
        return false;
      }
    }
    return true;
  }

  Bytes request(std::uint64_t correlation, const Envelope& envelope) {
    link::FrameHeader header;
    header.kind = link::FrameKind::request;
    header.budget_ms = 60'000;
    header.correlation = correlation;
    Bytes out;
    channel_.send(header, envelope.bytes(), out);
    return out;
  }

  bool is_answered(std::uint64_t correlation, const Envelope& envelope) {
    send(request(correlation, envelope));
    const auto before = answers;
    while (answers == before) {
      if (!receive()) {
        return false;
      }
    }
    return true;
  }

  /// Waits until the node closes; what it still says is taken.
  bool is_closed() {
    while (receive()) {
    }
    return errno != EAGAIN && errno != EWOULDBLOCK;
  }

  /// Whether the node takes no more bytes from us for a while.
  [[nodiscard]] bool is_stalled() const {
    pollfd writable{fd_.get(), POLLOUT, 0};
    return ::poll(&writable, 1, 500) == 0;
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool is_connected() const { return connected_; }

  Bytes hello;
  std::uint64_t answers = 0;
  std::uint64_t pings = 0;

 private:
  link::ChannelMachine channel_;
  UniqueFd fd_;
  bool connected_ = false;
};

[[nodiscard]] inline std::size_t resident_kib() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

[[nodiscard]] inline std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

}  // namespace hearth::testing
