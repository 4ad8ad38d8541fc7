#pragma once
// Devices and their homes as people and programs read them.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/directory_messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli::account {

/// manager, player, gateway or home.
[[nodiscard]] std::string_view name_of(directory::DeviceKind kind);

/// The one device whose name is `text`, or whose id begins with it (8 digits or more).
/// Errors: `device_unknown`, `value_invalid` (several are meant).
[[nodiscard]] Result<directory::Device> find_device(const std::vector<directory::Device>& devices,
                                                    const std::string& text);

[[nodiscard]] std::string to_table(const std::vector<directory::Device>& devices,
                                   const NodeId& self);
[[nodiscard]] std::string to_json(const directory::Device& device, const NodeId& self);

/// One event of an account: a word for what happened, to which device, by whom, when.
struct Told {
  std::uint64_t number = 0;
  std::string_view what;
  NodeId device;
  std::string name;       ///< Empty: it is not told.
  std::string_view kind;  ///< Likewise.
  NodeId by;              ///< Zero: the recovery key.
  WallTime at;
  AccountId grantee = {};   ///< That the device, a home, was shared with; zero: it was not.
  std::uint64_t share = 0;  ///< That was ended; then no device is told.
};

/// `events` are all of a chain, from the first on.
[[nodiscard]] std::vector<Told> told_of(const std::vector<directory::RecordedEvent>& events);

/// Without number and time: "enrolled 0a1b2c3d home Attic  by 4e5f6071".
[[nodiscard]] std::string event_text(const Told& told);
[[nodiscard]] std::string event_json(const Told& told);

}  // namespace hearth::cli::account
