#pragma once
// The least HTTP that a process needs to ask another one on the same machine.

#include "messages/base/types.hpp"
#include "messages/seal/node_list.hpp"

#include <optional>
#include <string>

namespace hearth::cli {

/// Head and body of the answer to GET `path`, at most 1 MiB; nothing when it did not come within
/// `budget`. An empty `token` is not sent. Blocks.
[[nodiscard]] std::optional<std::string> fetch(const seal::Endpoint& from, const std::string& path,
                                               const std::string& token, Millis budget);

/// Whether /readyz of a process answers 200 within `budget`. Blocks.
[[nodiscard]] bool is_ready(const seal::Endpoint& admin, Millis budget);

}  // namespace hearth::cli
