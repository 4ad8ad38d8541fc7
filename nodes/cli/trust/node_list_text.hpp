#pragma once
// A node list as people and programs read it.

#include "messages/seal/node_list.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace hearth::cli::trust {

/// Long enough before the end to sign the next list at ease.
inline constexpr std::chrono::days renewal_margin{7};

/// Whether `list` is over at `now`, or will be within `renewal_margin`.
[[nodiscard]] bool wants_renewal(const seal::NodeList& list, WallTime now);

[[nodiscard]] std::string node_list_table(std::string_view cluster, const seal::NodeList& list,
                                          WallTime now);
[[nodiscard]] std::string node_list_json(std::string_view cluster, const seal::NodeList& list,
                                         WallTime now);

[[nodiscard]] std::string node_json(const seal::ListedNode& node);

/// "super-peer eu 5be0b1f4"
[[nodiscard]] std::string short_text(const seal::ListedNode& node);

}  // namespace hearth::cli::trust
