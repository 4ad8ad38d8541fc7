#pragma once
// The keys of each role and what their values mean. docs/configuration.md shows them to people.

#include "messages/base/result.hpp"
#include "nodes/roles/roles.hpp"
#include "nodes/support/config.hpp"
#include "nodes/support/logging.hpp"

#include <string>
#include <vector>

namespace hearth::cli {

/// As users write them, also the names of configuration files.
[[nodiscard]] const std::vector<std::string>& role_names();

/// Precondition: `role` is one of `role_names()`.
[[nodiscard]] Schema schema_of(const std::string& role);

/// The files of this machine and its environment, as `role` sees them.
[[nodiscard]] ConfigSources sources_of(const std::string& role);

/// The options that `settings`, of the schema of that role, stand for.
/// Errors: `value_invalid`; the detail names the value and where it comes from.
[[nodiscard]] Result<DirectoryOptions> directory_options(const Settings& settings);
[[nodiscard]] Result<SuperPeerOptions> super_peer_options(const Settings& settings);
[[nodiscard]] Result<HomeOptions> home_options(const Settings& settings);
[[nodiscard]] Result<GatewayOptions> gateway_options(const Settings& settings);
[[nodiscard]] logs::Options log_options(const std::string& role, const Settings& settings);

/// Any role's, only checked.
[[nodiscard]] Result<void> check_settings(const std::string& role, const Settings& settings);

/// True for 1 to 16 of a-z, 0-9 and '-'.
[[nodiscard]] bool is_region(const std::string& name);

}  // namespace hearth::cli
