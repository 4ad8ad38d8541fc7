#pragma once
// Keys of one node, home or device. The Ed25519 key is the identity; the X25519 key, a key of its
// own, is bound to it by a signature and does the handshakes.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace hearth::seal {

/// Overwrites a secret in a way that the compiler may not leave out.
void wipe(std::span<std::uint8_t> secret);

/// 32 secret bytes, wiped when they go.
class SecretKey {
 public:
  SecretKey() = default;
  explicit SecretKey(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  [[nodiscard]] const std::array<std::uint8_t, 32>& bytes() const { return bytes_; }
  [[nodiscard]] const std::uint8_t* data() const { return bytes_.data(); }

  /// In constant time.
  friend bool operator==(const SecretKey& left, const SecretKey& right);

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

struct Identity {
  SecretKey signing_seed;     ///< Ed25519 seed.
  SecretKey exchange_secret;  ///< X25519 scalar.
  PublicKeys keys;
  NodeId id;  ///< `node_id_of(keys.signing)`.

  /// Fresh keys from libsodium's random source.
  [[nodiscard]] static Identity generate();
  /// The same keys for the same seeds: for loading from disk, and for tests.
  [[nodiscard]] static Identity from_secrets(const SecretKey& signing_seed,
                                             const SecretKey& exchange_secret);
};

[[nodiscard]] NodeId node_id_of(const SigningKey& key);
/// The public half of an Ed25519 seed.
[[nodiscard]] SigningKey signing_key_of(const SecretKey& signing_seed);

[[nodiscard]] Signature sign(const SecretKey& signing_seed, BytesView message);
[[nodiscard]] bool verify(const SigningKey& key, BytesView message, const Signature& signature);

/// Signature over "hearth key binding 1" | 0 | role | X25519 key: what an `Introduction` carries.
[[nodiscard]] Signature bind_keys(const Identity& identity, Role role);
[[nodiscard]] bool verify_binding(const PublicKeys& keys, Role role, const Signature& binding);

inline constexpr std::size_t identity_file_bytes = 112;

/// The key file, docs/formats/identity.md: magic, version, both secrets, BLAKE2b checksum.
/// The caller wipes the bytes once they are written.
[[nodiscard]] Bytes encode_identity(const Identity& identity);
/// Errors: `message_malformed`, `format_newer`.
[[nodiscard]] Result<Identity> decode_identity(BytesView bytes);

}  // namespace hearth::seal
