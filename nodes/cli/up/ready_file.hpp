#pragma once

#include "messages/base/result.hpp"
#include "nodes/cli/up/supervisor.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli::up {

/// "http://HOST:PORT" of the gateway among `running`. Precondition: it is there and listens.
[[nodiscard]] std::string gateway_url(const std::vector<Running>& running);

/// What programs read to find a cluster: one JSON object. docs/configuration.md has its fields.
[[nodiscard]] std::string ready_text(const std::vector<Running>& running, std::string_view token);

}  // namespace hearth::cli::up
