#include "nodes/support/endpoint_text.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <fmt/format.h>
#include <netinet/in.h>

namespace hearth {

Result<seal::Endpoint> parse_endpoint(std::string_view text) {
  const Error refused{ErrorCode::value_invalid, fmt::format("'{}' is not HOST:PORT", text)};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return refused;
  }
  auto host = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return refused;
  }
  std::uint16_t port = 0;
  const auto* end = port_text.data() + port_text.size();
  const auto parsed = std::from_chars(port_text.data(), end, port);
  if (host.empty() || parsed.ec != std::errc{} || parsed.ptr != end) {
    return refused;
  }
  return seal::Endpoint{std::string(host), port};
}

bool is_wildcard(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (::inet_aton(host.c_str(), &v4) == 1) {  // It knows "0" too, as the resolver does.
    return v4.s_addr == htonl(INADDR_ANY);
  }
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 &&
         (IN6_IS_ADDR_UNSPECIFIED(&v6) ||
          (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 0 && v6.s6_addr[13] == 0 &&
           v6.s6_addr[14] == 0 && v6.s6_addr[15] == 0));
}

std::string to_text(const seal::Endpoint& endpoint) {
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                 : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

}  // namespace hearth
