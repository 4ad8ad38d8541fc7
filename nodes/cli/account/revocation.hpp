#pragma once
// Whether the homes of an account have heard that a device was revoked.

#include "actors/client/account_wishes.hpp"
#include "nodes/cli/account/own_device.hpp"

#include <cstdint>
#include <string>
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

/// Asks every home of `account` which events it knows, until all that are there have confirmed
/// those up to `account.sequence`. Blocks, at most for 10 s.
[[nodiscard]] std::vector<HomeHearing> ask_homes(const OwnDevice& own,
                                                 const client::DevicesListed& account);

/// For a device that may ask no home any more.
[[nodiscard]] std::vector<HomeHearing> unknown_homes(const client::DevicesListed& account);

[[nodiscard]] std::string to_table(const Revocation& revocation);
[[nodiscard]] std::string to_json(const Revocation& revocation);

}  // namespace hearth::cli::account
