#pragma once
// Chance, from libsodium's source: the system's in a node, the seed's in a simulator.
// Machines draw nothing: their shells and ports do, and hand it in. Any thread.

#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <cstdint>
#include <span>

namespace hearth::seal {

void random_bytes(std::span<std::uint8_t> to);

[[nodiscard]] std::uint64_t random_u64();

[[nodiscard]] SecretKey random_secret();

/// A fresh id or name of any `FixedBytes` type.
template <class Id>
[[nodiscard]] Id random_id() {
  Id id;
  random_bytes(id.bytes);
  return id;
}

}  // namespace hearth::seal
