#include "nodes/http/host_check.hpp"

#include "nodes/http/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::http {

namespace {

/// Characters of uri-host and port (RFC 3986 3.2), without user information.
bool is_authority_char(char c) {
  const char lower = to_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') ||
         std::string_view{"-._~%!$&'()*+,;=:[]"}.find(c) != std::string_view::npos;
}

/// Where the port begins after the host, or npos. A colon inside brackets is the address's.
std::size_t port_colon(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  return authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
}

}  // namespace

HostCheck::HostCheck(std::string_view host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  const auto written = is_v6 ? fmt::format("[{}]", host) : std::string{host};
  authorities_ = {fmt::format("{}:{}", lower_case(written), port),
                  fmt::format("localhost:{}", port)};
}

HostVerdict HostCheck::judge(std::string_view authority) const {
  if (!std::all_of(authority.begin(), authority.end(), is_authority_char)) {
    return HostVerdict::malformed;
  }
  auto wanted = lower_case(authority);
  const auto colon = port_colon(wanted);
  if (colon == std::string::npos || colon + 1 == wanted.size()) {
    wanted = fmt::format("{}:80", wanted.substr(0, colon));
  } else if (!all_digits(std::string_view{wanted}.substr(colon + 1))) {
    return HostVerdict::malformed;
  }
  const bool known =
      std::find(authorities_.begin(), authorities_.end(), wanted) != authorities_.end();
  return known ? HostVerdict::served : HostVerdict::not_served;
}

bool HostCheck::own_origin(std::string_view origin) const {
  constexpr std::string_view scheme = "http://";
  return lower_case(origin.substr(0, scheme.size())) == scheme &&
         judge(origin.substr(std::min(scheme.size(), origin.size()))) == HostVerdict::served;
}

}  // namespace hearth::http
