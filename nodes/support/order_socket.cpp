#include "nodes/support/order_socket.hpp"

#include "messages/base/check.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr int backlog = 8;
constexpr std::size_t peers_max = 16;

UniqueFd open_folder(const fs::path& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Through the folder's descriptor: paths may be longer than an address can be.
std::optional<sockaddr_un> address_of(const UniqueFd& folder, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = fmt::format("/proc/self/fd/{}/{}", folder.get(), name);
  if (path.size() >= sizeof(address.sun_path)) {
    return std::nullopt;
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

UniqueFd packet_socket(int flags) {
  return UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0));
}

/// Only its owner from the first moment on: the mode of a socket is that of its making.
bool bind_private(const UniqueFd& socket, const sockaddr_un& address) {
  const auto before = ::umask(0177);
  const bool bound =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::umask(before);
  return bound;
}

/// Nothing: the peer is gone, or said too much.
std::optional<std::string> receive(const UniqueFd& peer, int flags) {
  std::string text(order_bytes_max, '\0');
  const auto count = ::recv(peer.get(), text.data(), text.size(), MSG_TRUNC | flags);
  if (count <= 0 || static_cast<std::size_t>(count) > text.size()) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(count));
  return text;
}

}  // namespace

Result<OrderSocket> OrderSocket::listen(const fs::path& folder, const std::string& name) {
  auto opened = open_folder(folder);
  const auto address = opened ? address_of(opened, name) : std::nullopt;
  HEARTH_CHECK(!opened || address);
  auto listener = packet_socket(SOCK_NONBLOCK);
  if (!opened || !listener || (::unlinkat(opened.get(), name.c_str(), 0) != 0 && errno != ENOENT) ||
      !bind_private(listener, *address) || ::listen(listener.get(), backlog) != 0) {
    return file_error(errno, folder / name, "cannot listen at");
  }
  return OrderSocket(std::move(opened), name, std::move(listener));
}

OrderSocket::OrderSocket(UniqueFd folder, std::string name, UniqueFd listener)
    : folder_(std::move(folder)), name_(std::move(name)), listener_(std::move(listener)) {}

OrderSocket::~OrderSocket() {
  if (listener_) {
    ::unlinkat(folder_.get(), name_.c_str(), 0);
  }
}

void OrderSocket::add_to(std::vector<pollfd>& fds) const {
  fds.push_back({listener_.get(), POLLIN, 0});
  for (const auto& peer : peers_) {
    fds.push_back({peer.get(), POLLIN, 0});
  }
}

void OrderSocket::serve(const std::function<std::string(std::string_view)>& obey) {
  while (auto peer =
             UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK))) {
    if (peers_.size() < peers_max) {
      peers_.push_back(std::move(peer));
    }
  }
  std::erase_if(peers_, [&obey](const UniqueFd& peer) {
    char first = 0;
    if (::recv(peer.get(), &first, 1, MSG_PEEK) < 0 && (errno == EAGAIN || errno == EINTR)) {
      return false;
    }
    if (const auto order = receive(peer, 0)) {
      const auto answer = obey(*order);
      ::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return true;
  });
}

std::string order_answer(const Result<void>& done) {
  return done ? R"({"ok":true})" : fmt::format(R"({{"error":{}}})", json_text(done.error().detail));
}

Result<std::string> give_order(const fs::path& socket, std::string_view order, Millis patience) {
  const auto folder = open_folder(socket.parent_path());
  if (!folder) {
    return file_error(errno, socket.parent_path(), "cannot open");
  }
  const auto address = address_of(folder, socket.filename().string());
  const auto peer = packet_socket(0);
  if (!address || !peer) {
    return Error{ErrorCode::unreachable, fmt::format("cannot connect to {}", socket.string())};
  }
  const timeval wait{patience.count() / 1000, (patience.count() % 1000) * 1000};
  ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
  ::setsockopt(peer.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
  if (::connect(peer.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    return errno == ECONNREFUSED
               ? Error{ErrorCode::unreachable, fmt::format("nobody listens at {}", socket.string())}
               : file_error(errno, socket, "cannot connect to");
  }
  if (::send(peer.get(), order.data(), order.size(), MSG_NOSIGNAL) < 0) {
    return Error{ErrorCode::unreachable, fmt::format("{} takes no orders", socket.string())};
  }
  if (auto answer = receive(peer, 0)) {
    return std::move(*answer);
  }
  return errno == EAGAIN
             ? Error{ErrorCode::timed_out, fmt::format("{} does not answer", socket.string())}
             : Error{ErrorCode::unreachable, fmt::format("{} gave no answer", socket.string())};
}

}  // namespace hearth
