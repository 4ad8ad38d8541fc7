#pragma once

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <string>
#include <vector>

namespace hearth::cli {

/// A household as it shall be known to the directory.
struct Household {
  std::string account;     ///< Name of the account.
  std::string owner_name;  ///< Of the device whose keys are `owner`; a manager.
  seal::Identity owner;
  SigningKey recovery;                     ///< Public, of a new account.
  std::vector<directory::Device> devices;  ///< The others.
};

/// Connects to a directory as the owner's device, creates the account and enrols the devices;
/// what is there already stays, so that it may be done again. Blocks, at most `budget`.
/// Errors: `name_taken` (by another owner), `unreachable`, `timed_out`, `outcome_unknown`.
[[nodiscard]] Result<void> enrol_household(const Household& household,
                                           const seal::NodeList& node_list, Millis budget);

}  // namespace hearth::cli
