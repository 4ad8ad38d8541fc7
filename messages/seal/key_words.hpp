#pragma once
// Keys as words that two people, or one person at two screens, compare.

#include "messages/base/ids.hpp"

#include <string>

namespace hearth::seal {

/// Six words of 256, drawn from a digest of both keys: other keys with the same words take 2^48
/// tries. docs/formats/identity.md.
[[nodiscard]] std::string key_words(const PublicKeys& keys);

/// Likewise of an account, which is named by its first event.
[[nodiscard]] std::string account_words(const AccountId& account);

}  // namespace hearth::seal
