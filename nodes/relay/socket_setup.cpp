#include "nodes/relay/socket_setup.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace hearth {
namespace {

constexpr int backlog = 4096;
// A leg that vanished is noticed after 45 + 3 * 15 s of silence, or 30 s after bytes that are not
// acknowledged.
constexpr int keepalive_idle_s = 45;
constexpr int keepalive_interval_s = 15;
constexpr int keepalive_probes = 3;
constexpr int user_timeout_ms = 30'000;

void set(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof value);  // Best effort: none is vital.
}

}  // namespace

Result<void> listen_for_data(int listener, const SocketSetup& setup) {
  set(listener, IPPROTO_TCP, TCP_NODELAY, 1);
  set(listener, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(listener, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
  set(listener, IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_s);
  set(listener, IPPROTO_TCP, TCP_KEEPCNT, keepalive_probes);
  set(listener, IPPROTO_TCP, TCP_USER_TIMEOUT, user_timeout_ms);
  set(listener, SOL_SOCKET, SO_RCVBUF, static_cast<int>(setup.buffer_bytes));
  set(listener, SOL_SOCKET, SO_SNDBUF, static_cast<int>(setup.buffer_bytes));
  const auto& name = setup.congestion_control;
  if (!name.empty()) {
    ::setsockopt(listener, IPPROTO_TCP, TCP_CONGESTION, name.data(),
                 static_cast<socklen_t>(name.size()));
  }
  const int flags = ::fcntl(listener, F_GETFL);
  ::fcntl(listener, F_SETFL, flags | O_NONBLOCK);
  if (flags < 0 || ::listen(listener, backlog) != 0) {
    const auto code = errno == EADDRINUSE ? ErrorCode::in_use : ErrorCode::value_invalid;
    return Error{code, std::string("data listener: ") + std::strerror(errno)};
  }
  return {};
}

void reset_on_close(int socket) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace hearth
