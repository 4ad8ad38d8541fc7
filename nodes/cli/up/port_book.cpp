#include "nodes/cli/up/port_book.hpp"

#include "messages/seal/random.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/unique_fd.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <toml++/toml.h>

namespace hearth::cli::up {
namespace {

constexpr std::size_t book_bytes_max = 64U << 10U;
// Below the ports that Linux gives to outgoing connections: those could be taken between two
// lives of a process.
constexpr std::uint16_t first_port = 20000;
constexpr std::uint16_t ports_count = 12000;
constexpr int attempts_max = 1000;

constexpr Millis patience{1000};
constexpr Millis pause{50};

bool can_listen(int family, const sockaddr* address, socklen_t length) {
  const UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  // As the processes do: what only waits for late packets of dead connections is free.
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return ::bind(fd.get(), address, length) == 0 && ::listen(fd.get(), 1) == 0;
}

Error damaged(const std::filesystem::path& path, std::string_view why) {
  return {ErrorCode::value_invalid, fmt::format("{}: {}", path.string(), why)};
}

}  // namespace

bool is_port_free(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return can_listen(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Result<void> check_free(const seal::Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto port = std::to_string(endpoint.port);
  if (::getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found) != 0) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("cannot listen on {}: no such host", to_text(endpoint))};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  for (auto left = patience;; left -= pause) {
    if (can_listen(found->ai_family, found->ai_addr, found->ai_addrlen)) {
      return {};
    }
    if (errno != EADDRINUSE) {
      return Error{ErrorCode::value_invalid,
                   fmt::format("cannot listen on {}: {}", to_text(endpoint), std::strerror(errno))};
    }
    if (left <= Millis(0)) {
      return Error{ErrorCode::in_use,
                   fmt::format("port {} is in use by another process", to_text(endpoint))};
    }
    ::poll(nullptr, 0, static_cast<int>(pause.count()));
  }
}

Result<PortBook> PortBook::load(const std::filesystem::path& path) {
  PortBook book;
  auto bytes = read_file(path, book_bytes_max);
  if (!bytes) {
    return bytes.error().code == ErrorCode::not_found ? Result<PortBook>(book)
                                                      : Result<PortBook>(bytes.error());
  }
  try {
    const auto table = toml::parse(std::string(bytes.value().begin(), bytes.value().end()));
    if (table.contains("accounts")) {
      return Error{ErrorCode::value_invalid,
                   fmt::format("{}: its accounts are those of one directory, from before they were "
                               "replicated: begin anew with another --data",
                               path.string())};
    }
    if (const auto* replicas = table["replicas"].as_array()) {
      for (const auto& region : *replicas) {
        book.replicas.push_back(region.value_or(std::string{}));
      }
    }
    for (const auto& [process, purposes] : table) {
      if (!purposes.is_table()) {
        continue;
      }
      for (const auto& [purpose, port] : *purposes.as_table()) {
        const auto number = port.value<std::int64_t>();
        if (!number || *number < 1 || *number > 65535) {
          return damaged(path, fmt::format("'{}.{}' is no port", process.str(), purpose.str()));
        }
        book.ports_by_process_[std::string(process.str())][std::string(purpose.str())] =
            static_cast<std::uint16_t>(*number);
      }
    }
  } catch (const toml::parse_error& error) {
    return damaged(path, error.description());
  }
  return book;
}

Result<void> PortBook::save(const std::filesystem::path& path) const {
  std::string text;
  if (!replicas.empty()) {
    text += fmt::format("replicas = [\"{}\"]\n", fmt::join(replicas, "\", \""));
  }
  for (const auto& [process, ports] : ports_by_process_) {
    text += fmt::format("\n[{}]\n", process);
    for (const auto& [purpose, port] : ports) {
      text += fmt::format("{} = {}\n", purpose, port);
    }
  }
  return write_file(path, text, 0600);
}

Result<std::uint16_t> PortBook::choose(const std::string& process, const std::string& purpose) {
  auto& port = ports_by_process_[process][purpose];
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    if (port != 0 && !chosen_.contains(port) && is_port_free(port)) {
      chosen_.insert(port);
      return port;
    }
    port = static_cast<std::uint16_t>(first_port + seal::random_u64() % ports_count);
  }
  return Error{ErrorCode::in_use,
               fmt::format("no free port between {} and {}", first_port, first_port + ports_count)};
}

std::uint16_t PortBook::advertised(const std::string& process, const std::string& purpose,
                                   std::uint16_t port) const {
  const auto ports = ports_by_process_.find(process);
  if (ports == ports_by_process_.end()) {
    return port;
  }
  const auto found = ports->second.find("advertised_" + purpose);
  return found == ports->second.end() ? port : found->second;
}

}  // namespace hearth::cli::up
