#pragma once
// The recovery key of an account as people print and type it: an Ed25519 seed. Whoever has it may
// make any device a manager. docs/formats/account_chain.md.

#include "messages/seal/identity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hearth::seal {

/// 14 groups of four letters and digits, with '-' between them: the seed and a checksum.
[[nodiscard]] std::string recovery_key_text(const SecretKey& seed);

/// What a person typed: small letters are taken; spaces, ends of lines and '-' left out. Nothing:
/// it is none, or mistyped (one wrong key in 2^24 passes).
[[nodiscard]] std::optional<SecretKey> read_recovery_key(std::string_view text);

}  // namespace hearth::seal
