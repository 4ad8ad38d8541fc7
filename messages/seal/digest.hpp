#pragma once
// Hashes that name things, and codes that only the holder of a secret can make. Any thread.
// Sources: RFC 7693 (BLAKE2b, no key), RFC 2104 with SHA-256.

#include "messages/base/fixed_bytes.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <cstdint>
#include <span>

namespace hearth::seal {

/// BLAKE2b of `message` as long as `to`. Precondition: 16 to 64 bytes.
void digest_into(std::span<std::uint8_t> to, BytesView message);

/// BLAKE2b-256 or BLAKE2b-128 of `message` as a `NodeId`, `ItemId`, `ItemVersion` and the like.
template <class Id>
[[nodiscard]] Id digest_as(BytesView message) {
  static_assert(Id::size == 16 || Id::size == 32);
  Id id;
  digest_into(id.bytes, message);
  return id;
}

using Mac = FixedBytes<struct MacTag, 32>;

/// HMAC-SHA-256: for capabilities in URLs.
[[nodiscard]] Mac mac(const SecretKey& key, BytesView message);
/// In constant time. False also for a `code` of the wrong length.
[[nodiscard]] bool verify_mac(const SecretKey& key, BytesView message, BytesView code);

/// Compares secrets, such as tokens of an API, without telling by time where they differ.
/// Their length is no secret.
[[nodiscard]] bool equal_in_constant_time(BytesView left, BytesView right);

}  // namespace hearth::seal
