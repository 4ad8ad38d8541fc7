#pragma once
// The symmetric half of a handshake: chaining key, hash and cipher.
// Source: The Noise Protocol Framework, revision 34, sections 4.3, 5.1 and 5.2.

#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/noise.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hearth::seal {

/// As long as the hash, wiped when it goes.
struct SecretHash {
  std::array<std::uint8_t, 64> bytes{};

  SecretHash() = default;
  SecretHash(const SecretHash&) = default;
  SecretHash& operator=(const SecretHash&) = default;
  ~SecretHash() { wipe(bytes); }

  /// Keys are the first half of such an output.
  [[nodiscard]] SecretKey key() const;
};

class SymmetricState {
 public:
  explicit SymmetricState(std::string_view protocol);

  void mix_hash(BytesView data);
  void mix_key(BytesView secret);
  void mix_key_and_hash(BytesView secret);

  /// Appends the ciphertext, or before the first key the plaintext, of `plain`.
  void encrypt_and_hash(Bytes& out, BytesView plain);
  /// Nothing when `sealed` was not made by the same state.
  [[nodiscard]] std::optional<Bytes> decrypt_and_hash(BytesView sealed);
  /// How much longer ciphertext is than plaintext by now.
  [[nodiscard]] std::size_t overhead() const { return key_ ? CipherState::tag_bytes : 0; }

  [[nodiscard]] const HandshakeHash& hash() const { return hash_; }
  /// HKDF(ck, "", 3): the initiator's key, the responder's, and one for export.
  [[nodiscard]] std::array<SecretHash, 3> split() const;

 private:
  void set_key(const SecretHash& from);

  SecretHash chaining_key_;
  HandshakeHash hash_{};
  std::optional<SecretKey> key_;
  std::uint64_t nonce_ = 0;  // A handshake has too few messages to use them up.
};

}  // namespace hearth::seal
