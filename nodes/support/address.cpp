#include "nodes/support/address.hpp"

#include <cstring>
#include <memory>
#include <netdb.h>
#include <string>

namespace hearth {

namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

AddressList addresses_of(const seal::Endpoint& endpoint, const char* host, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto port = std::to_string(endpoint.port);
  if (::getaddrinfo(host, port.c_str(), &hints, &found) != 0) {
    found = nullptr;
  }
  return {found, &::freeaddrinfo};
}

SocketAddress copy_of(const addrinfo& info) {
  SocketAddress address;
  std::memcpy(&address.bytes, info.ai_addr, info.ai_addrlen);
  address.size = info.ai_addrlen;
  return address;
}

}  // namespace

std::optional<SocketAddress> numeric_address(const seal::Endpoint& endpoint) {
  const auto found = addresses_of(endpoint, endpoint.host.c_str(), AI_NUMERICHOST);
  return found ? std::optional(copy_of(*found)) : std::nullopt;
}

std::vector<SocketAddress> look_up(const seal::Endpoint& endpoint) {
  // A root without /etc/hosts knows no localhost, but the name has one meaning everywhere
  // (RFC 6761, section 6.3): no host at all is loopback.
  const auto* host = endpoint.host == "localhost" ? nullptr : endpoint.host.c_str();
  std::vector<SocketAddress> addresses;
  const auto found = addresses_of(endpoint, host, AI_ADDRCONFIG);
  for (const auto* info = found.get(); info != nullptr; info = info->ai_next) {
    addresses.push_back(copy_of(*info));
  }
  return addresses;
}

}  // namespace hearth
