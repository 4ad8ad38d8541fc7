#include "nodes/roles/enrolment.hpp"

#include "nodes/roles/directory_session.hpp"

#include <chrono>

namespace hearth::cli {

Result<void> enrol_household(const Household& household, const seal::NodeList& node_list,
                             Millis budget) {
  const auto& owner = household.owner;
  const auto end = std::chrono::steady_clock::now() + budget;
  const auto left = [end] {
    return std::chrono::duration_cast<Millis>(end - std::chrono::steady_clock::now());
  };
  DirectorySession session(owner, Role::client, node_list);
  const directory::Device own_device{owner.keys, directory::DeviceKind::manager,
                                     household.owner_name};
  const auto made = session.ask<directory::EventAppended>(
      client::CreateAccount{household.account, household.recovery, own_device}, left());
  if (!made) {
    return made.error();
  }
  for (const auto& device : household.devices) {
    const auto enrolled =
        session.ask<directory::EventAppended>(client::EnrolDevice{device}, left());
    if (!enrolled) {
      return enrolled.error();
    }
  }
  return {};
}

}  // namespace hearth::cli
