#pragma once
// The outside of a super-peer's data port, for tests: non-blocking sockets on loopback, driven by
// poll(2). Every wait ends after ten seconds, as a failure.

#include "actors/link/data_preface.hpp"
#include "messages/base/types.hpp"
#include "nodes/support/unique_fd.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace hearth::test {

inline constexpr int patience_ms = 10'000;

/// Byte `at` of stream `seed`: neither repeats soon, nor is the same in two streams.
inline std::uint8_t content(std::uint64_t seed, std::uint64_t at) {
  auto mixed = (at + 1) * 0x9e3779b97f4a7c15U + seed * 0xbf58476d1ce4e5b9U;
  mixed ^= mixed >> 29U;
  return static_cast<std::uint8_t>(mixed * 0x94d049bb133111ebU >> 56U);
}

/// A bound socket on a free port of loopback.
inline UniqueFd bound_socket() {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return socket;
}

inline std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

class DataSocket {
 public:
  DataSocket() = default;
  explicit DataSocket(std::uint16_t port, int buffer_bytes = 0) {
    fd_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (buffer_bytes > 0) {
      ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
      ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      fd_.reset();
      return;
    }
    const int one = 1;
    ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  bool ready(short events, int timeout_ms = patience_ms) const {
    pollfd what{fd_.get(), events, 0};
    return ::poll(&what, 1, timeout_ms) == 1;
  }

  bool send(BytesView bytes) {
    while (!bytes.empty() && ready(POLLOUT)) {
      const auto count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return false;
      }
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return bytes.empty();
  }
  /// 1 to `bytes` bytes; none at the end, `errno` set to 0, and after an error.
  Bytes receive(std::size_t bytes) {
    Bytes got(bytes);
    errno = ETIMEDOUT;
    const auto count = ready(POLLIN) ? ::recv(fd_.get(), got.data(), bytes, 0) : -1;
    got.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    errno = count == 0 ? 0 : errno;
    return got;
  }
  /// Has the peer finished in order? Otherwise `errno` says what happened.
  bool at_end() { return receive(1).empty() && errno == 0; }
  bool reset_by_peer() { return receive(1).empty() && errno == ECONNRESET; }

  void finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }
  /// Waits until the peer's kernel has all that was sent, and its end.
  [[nodiscard]] bool end_is_acknowledged() const {
    for (int i = 0; i < patience_ms; ++i) {
      tcp_info info{};
      socklen_t size = sizeof info;
      ::getsockopt(fd_.get(), IPPROTO_TCP, TCP_INFO, &info, &size);
      if (info.tcpi_state == TCP_FIN_WAIT2) {
        return true;
      }
      ready(POLLPRI, 1);
    }
    return false;
  }
  void abort() {
    const linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
  }
  void close() { fd_.reset(); }

 private:
  UniqueFd fd_;
};

/// `bytes` of stream `seed` from one socket to another, at the same time as all other flows.
struct Flow {
  const DataSocket* from = nullptr;
  const DataSocket* to = nullptr;
  std::uint64_t seed = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  bool wrong = false;  ///< A byte that was not the one sent, or an error.
};

namespace detail {

inline void send_some(Flow& flow) {
  std::array<std::uint8_t, 16'384> chunk{};
  const auto size = std::min<std::uint64_t>(chunk.size(), flow.bytes - flow.sent);
  for (std::size_t i = 0; i < size; ++i) {
    chunk[i] = content(flow.seed, flow.sent + i);
  }
  const auto count = ::send(flow.from->fd(), chunk.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
  flow.sent += count > 0 ? static_cast<std::uint64_t>(count) : 0;
  flow.wrong |= count < 0 && errno != EAGAIN;
}

inline void receive_some(Flow& flow) {
  std::array<std::uint8_t, 65'536> chunk{};
  const auto count = ::recv(flow.to->fd(), chunk.data(), chunk.size(), MSG_DONTWAIT);
  flow.wrong |= count == 0 || (count < 0 && errno != EAGAIN);
  for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count); ++i) {
    flow.wrong |= chunk[i] != content(flow.seed, flow.received + i);
  }
  flow.received += count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

}  // namespace detail

/// Runs all flows to their end. False: bytes differed, or nothing moved for ten seconds.
inline bool run(std::vector<Flow>& flows) {
  for (;;) {
    std::vector<pollfd> waits;
    for (const auto& flow : flows) {
      if (flow.wrong || flow.received > flow.bytes) {
        return false;
      }
      const bool sending = flow.sent < flow.bytes;
      const bool receiving = flow.received < flow.bytes;
      waits.push_back({sending ? flow.from->fd() : -1, POLLOUT, 0});
      waits.push_back({receiving ? flow.to->fd() : -1, POLLIN, 0});
    }
    const bool over = std::all_of(flows.begin(), flows.end(),
                                  [](const Flow& flow) { return flow.received == flow.bytes; });
    if (over) {
      return true;
    }
    if (::poll(waits.data(), waits.size(), patience_ms) <= 0) {
      return false;
    }
    for (std::size_t i = 0; i < flows.size(); ++i) {
      if (waits[2 * i].revents != 0) {
        detail::send_some(flows[i]);
      }
      if (waits[2 * i + 1].revents != 0) {
        detail::receive_some(flows[i]);
      }
    }
  }
}

}  // namespace hearth::test
