#pragma once
// Devices and their homes as people and programs read them.

#include "messages/base/result.hpp"
#include "messages/directory/directory_messages.hpp"

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

/// "2026-11-28T07:08:57Z"
[[nodiscard]] std::string time_text(std::int64_t unix_ms);

/// What happened, without the time and who did it: "enrolled home Attic 0a1b2c3d".
[[nodiscard]] std::string event_text(const directory::AccountEvent& event);
[[nodiscard]] std::string event_json(const directory::NumberedAccountEvent& event);

}  // namespace hearth::cli::account
