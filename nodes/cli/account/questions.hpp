#pragma once
// What the commands about accounts ask directories, with errors that people can act on.

#include "nodes/cli/account/own_device.hpp"
#include "nodes/roles/directory_session.hpp"

#include <string_view>

namespace hearth::cli::account {

/// A directory that elects a leader meanwhile is waited for.
inline constexpr Millis patience{10'000};

/// `error` as it is told to whoever asked for `what`.
[[nodiscard]] Error explained(const Error& error, std::string_view what);

/// Of the person's device: what it verifies of its account is kept beside its keys.
[[nodiscard]] DirectorySession session_of(const OwnDevice& own);

/// The account of the device that asks, and its devices, as its verified chain has them. Errors:
/// `not_allowed` (it is in none), `unreachable`, `chain_forked`.
[[nodiscard]] Result<client::DevicesListed> own_account(DirectorySession& session);

}  // namespace hearth::cli::account
