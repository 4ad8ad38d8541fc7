#pragma once

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"

#include <string>
#include <string_view>

namespace hearth {

/// "HOST:PORT", with IPv6 addresses in brackets. Errors: `value_invalid`.
[[nodiscard]] Result<seal::Endpoint> parse_endpoint(std::string_view text);

[[nodiscard]] std::string to_text(const seal::Endpoint& endpoint);

}  // namespace hearth
