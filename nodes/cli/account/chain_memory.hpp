#pragma once
// How far a person's device has verified its account's chain: the file `chain` in its folder, one
// line of account, length and hash. A directory that tells less, or something else, is noticed.

#include "messages/base/result.hpp"
#include "nodes/roles/directory_session.hpp"

#include <filesystem>

namespace hearth::cli::account {

/// What the folder keeps, and how it keeps what comes. Errors: `not_readable`, `message_malformed`.
[[nodiscard]] Result<ChainMemory> chain_memory_in(const std::filesystem::path& folder);

}  // namespace hearth::cli::account
