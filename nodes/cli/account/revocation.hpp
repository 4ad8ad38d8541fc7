#pragma once
// Whether the homes of an account have heard that a device, or a share, was revoked.

#include "actors/client/account_wishes.hpp"
#include "nodes/cli/account/own_device.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli::account {

enum class Hearing : std::uint8_t {
  confirmed,  ///< The home says that it follows the account up to the revocation.
  waiting,    ///< It is there, and does not yet.
  offline,    ///< It cannot be asked.
};

struct HomeHearing {
  directory::Device home;
  Hearing hearing = Hearing::offline;
};

struct Revocation {
  directory::Device device;
  std::vector<HomeHearing> homes;
};

/// Asks each of `homes` which events of the account it knows, until all that are there have
/// confirmed those up to number `sequence`. Blocks, at most for 10 s.
[[nodiscard]] std::vector<HomeHearing> ask_homes(const OwnDevice& own,
                                                 std::vector<HomeHearing> homes,
                                                 std::uint64_t sequence);

/// All of the account, which nobody has asked.
[[nodiscard]] std::vector<HomeHearing> unknown_homes(const client::DevicesListed& account);

[[nodiscard]] std::string to_table(const Revocation& revocation);
[[nodiscard]] std::string to_json(const Revocation& revocation);

/// A line for each home; `confirmed` is what one does that has heard it.
[[nodiscard]] std::string hearings_table(const std::vector<HomeHearing>& homes,
                                         std::string_view confirmed);
[[nodiscard]] std::string hearings_json(const std::vector<HomeHearing>& homes);
[[nodiscard]] bool is_everywhere(const std::vector<HomeHearing>& homes);

}  // namespace hearth::cli::account
