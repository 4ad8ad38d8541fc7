#pragma once
// The recovery key between a person and a command: never an argument, which others on the machine
// could see, and shown once.

#include "messages/base/result.hpp"
#include "messages/seal/identity.hpp"

#include <string>

namespace hearth::cli::account {

/// Writes the key into `file`, which is made, or shows it on the terminal where `file` is empty.
/// Errors: `value_invalid` (no file, and no terminal), `already_exists`, and those of writing.
[[nodiscard]] Result<void> hand_out(const seal::SecretKey& key, const std::string& file);

/// The account was not made: what was handed out is good for nothing.
void take_back(const std::string& file);

/// From `file`, from stdin where that is "-", else typed at the terminal, unseen.
/// Errors: `value_invalid` (no key, or mistyped; no terminal), and those of reading.
[[nodiscard]] Result<seal::SecretKey> read_in(const std::string& file);

}  // namespace hearth::cli::account
