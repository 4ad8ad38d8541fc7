#pragma once
// What a home calls a folder of its library where others read it: in chains of accounts, which
// directories keep. Nobody without the home's secret can try names out.
// docs/formats/account_chain.md.

#include "messages/base/ids.hpp"
#include "messages/seal/identity.hpp"

namespace hearth::seal {

/// From the home's own Ed25519 seed.
[[nodiscard]] SecretKey folder_key(const SecretKey& home_seed);

/// Never zero, which means the whole library.
[[nodiscard]] FolderId folder_id(const SecretKey& folder_key, const ItemId& folder);

}  // namespace hearth::seal
