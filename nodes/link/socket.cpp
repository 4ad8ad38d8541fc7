#include "nodes/link/socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace hearth {

namespace {

const sockaddr* as_sockaddr(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr*>(&address.bytes);
}

ErrorCode code_of(int error) {
  switch (error) {
    case EADDRINUSE: return ErrorCode::in_use;
    case EACCES:
    case EPERM: return ErrorCode::not_readable;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT: return ErrorCode::not_found;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return ErrorCode::limit_reached;
    default: return ErrorCode::unreachable;
  }
}

std::string name_of_address(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]:" : host + ":") + std::to_string(port);
}

template <class Value>
void set_option(int fd, int level, int option, Value value) {
  // A kernel that lacks the option still carries the connection.
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

}  // namespace

Result<UniqueFd> listen_on(const std::string& host, std::uint16_t port) {
  const auto where = name_of_address(host, port);
  const auto address = numeric_address({host, port});
  if (!address) {
    return Error{ErrorCode::value_invalid, where + ": not a numeric address"};
  }
  UniqueFd fd(::socket(address->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // A restart must not wait for connections of the last run to time out.
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (!fd || ::bind(fd.get(), as_sockaddr(*address), address->size) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0) {
    const auto error = errno;
    return Error{code_of(error), "cannot listen on " + where + ": " + std::strerror(error)};
  }
  return fd;
}

Result<seal::Endpoint> local_endpoint(int fd) {
  SocketAddress address;
  address.size = sizeof address.bytes;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.bytes), &address.size) != 0 ||
      ::getnameinfo(as_sockaddr(address), address.size, host.data(), host.size(), port.data(),
                    port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return Error{ErrorCode::value_invalid, "not a listening socket"};
  }
  return seal::Endpoint{host.data(), static_cast<std::uint16_t>(std::stoul(port.data()))};
}

Result<UniqueFd> start_connect(const SocketAddress& address) {
  UniqueFd fd(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) {
    return Error{code_of(errno), std::strerror(errno)};
  }
  tune_connection(fd.get());
  if (::connect(fd.get(), as_sockaddr(address), address.size) != 0 && errno != EINPROGRESS) {
    return Error{ErrorCode::unreachable, std::strerror(errno)};
  }
  return fd;
}

void tune_connection(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  // The link has pings of its own; these bound how long the kernel keeps what the link has given
  // up, and find a peer that vanished while nobody was looking.
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 10'000U);  // milliseconds
}

void break_connection(int fd) {
  static_cast<void>(::shutdown(fd, SHUT_RDWR));
}

std::string source_of(int fd) {
  sockaddr_storage bytes{};
  socklen_t size = sizeof bytes;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&bytes), &size) != 0) {
    return "unknown";
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(bytes);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(bytes);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      std::fill(std::begin(v6.sin6_addr.s6_addr) + 8, std::end(v6.sin6_addr.s6_addr),
                std::uint8_t{0});
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
  }
  return text.data();
}

}  // namespace hearth
