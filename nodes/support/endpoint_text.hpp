#pragma once

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"

#include <string>
#include <string_view>

namespace hearth {

/// "HOST:PORT", with IPv6 addresses in brackets. Errors: `value_invalid`.
[[nodiscard]] Result<seal::Endpoint> parse_endpoint(std::string_view text);

/// True for addresses that stand for all of a machine, as 0.0.0.0 and ::. HTTP servers refuse them:
/// they answer only requests that name their own host, and nobody asks for "0.0.0.0".
[[nodiscard]] bool is_wildcard(const std::string& host);
inline constexpr std::string_view why_no_wildcard =
    "requests name the host that they want: give one address or name of this machine";

[[nodiscard]] std::string to_text(const seal::Endpoint& endpoint);

}  // namespace hearth
