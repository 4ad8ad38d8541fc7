#include "nodes/cli/ready_probe.hpp"

#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/unique_fd.hpp"

#include <array>
#include <fmt/format.h>
#include <memory>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>

namespace hearth::cli {
namespace {

constexpr std::size_t answer_bytes_max = std::size_t{1} << 20U;

UniqueFd connect_to(const seal::Endpoint& endpoint, Millis budget) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto port = std::to_string(endpoint.port);
  if (::getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found) != 0) {
    return {};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(budget);
  const timeval patience{seconds.count(), (budget - seconds).count() * 1000};
  for (const auto* address = found; address != nullptr; address = address->ai_next) {
    UniqueFd fd(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (fd && ::connect(fd.get(), address->ai_addr, address->ai_addrlen) == 0) {
      return fd;
    }
  }
  return {};
}

}  // namespace

std::optional<std::string> fetch(const seal::Endpoint& from, const std::string& path,
                                 const std::string& token, Millis budget) {
  const auto fd = connect_to(from, budget);
  const auto request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\n{}Connection: close\r\n\r\n", path, to_text(from),
      token.empty() ? std::string{} : fmt::format("Authorization: Bearer {}\r\n", token));
  if (!fd || ::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    return std::nullopt;
  }
  std::string answer;
  std::array<char, 16384> buffer{};
  while (answer.size() < answer_bytes_max) {
    const auto count = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (count < 0) {
      return std::nullopt;
    }
    if (count == 0) {
      break;
    }
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return answer;
}

bool is_ready(const seal::Endpoint& admin, Millis budget) {
  const auto answer = fetch(admin, "/readyz", "", budget);
  return answer && answer->starts_with("HTTP/1.1 200 ");
}

}  // namespace hearth::cli
