#pragma once
// Noise_*_25519_ChaChaPoly_BLAKE2b over libsodium: bytes in, bytes out, no sockets.
// Source: The Noise Protocol Framework, revision 34.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace hearth::seal {

using HandshakeHash = std::array<std::uint8_t, 64>;

/// One direction after the handshake: ChaCha20-Poly1305 with counted nonces. Frames must be
/// opened in the order they were sealed. One made without a key refuses everything.
/// Moves only, and leaves nothing usable behind: of two copies two frames would share a nonce.
class CipherState {
 public:
  static constexpr std::size_t tag_bytes = 16;
  /// Noise keeps the last nonce for rekeying: reached, it means "no more frames".
  static constexpr std::uint64_t nonce_max = std::numeric_limits<std::uint64_t>::max();

  CipherState() = default;
  /// `nonce` is that of the next frame: above zero only in tests.
  explicit CipherState(const SecretKey& key, std::uint64_t nonce = 0) : key_(key), nonce_(nonce) {}
  CipherState(CipherState&& other) noexcept;
  CipherState& operator=(CipherState&& other) noexcept;
  ~CipherState() = default;

  /// Appends the ciphertext of `head` followed by `body`; one frame, one tag. Neither may point
  /// into `out`.
  /// Errors: `limit_reached` when the nonces are used up; `frame_oversized` beyond 65535 bytes of
  /// ciphertext. Both leave `out` as it was.
  Result<void> seal(Bytes& out, BytesView head, BytesView body);

  /// Decrypts in place and returns the plaintext part of `frame`.
  /// Errors: `decryption_failed`; the channel must then be closed.
  Result<std::span<std::uint8_t>> open(std::span<std::uint8_t> frame);

 private:
  SecretKey key_;
  std::uint64_t nonce_ = nonce_max;
};

struct NoiseKeys {
  std::optional<SecretKey> own;  ///< X25519 static secret.
  /// X25519 static key, where known beforehand. A pattern that sends this key must then send the
  /// same one.
  std::optional<ExchangeKey> peer;
  std::vector<SecretKey> psks;  ///< One for each psk of the pattern, in its order.
  Bytes prologue;
  std::optional<SecretKey> ephemeral = {};  ///< Test vectors only; else drawn at random.
};

/// What a finished handshake leaves.
struct NoiseSession {
  CipherState send;
  CipherState receive;
  HandshakeHash hash{};             ///< Public: a name of the session, never a key.
  SecretKey exported;               ///< Third output of HKDF(ck, "", 3): master for other keys.
  std::optional<ExchangeKey> peer;  ///< The peer's static key, where the pattern tells it.
};

/// Bound of a handshake message, from the specification.
inline constexpr std::size_t noise_message_bytes_max = 65535;

/// One side of one handshake. Messages alternate; the first is the initiator's. After the first
/// error every further call fails: a handshake is never retried with the same ephemeral key.
class NoiseHandshake {
 public:
  /// `pattern` is like "XX", "IK", "KK", "NN", "IKpsk2", "NNpsk0": the 12 fundamental and the
  /// three one-way patterns, with any pskN, several joined by '+'. After a one-way pattern only
  /// the initiator can send.
  /// Errors: `value_invalid` for a pattern that is not known or keys that it lacks.
  [[nodiscard]] static Result<NoiseHandshake> start(std::string_view pattern, bool initiator,
                                                    NoiseKeys keys);

  /// Errors: `handshake_failed`, also when it is not this side's turn.
  [[nodiscard]] Result<Bytes> write(BytesView payload);
  [[nodiscard]] Result<Bytes> read(BytesView message);

  [[nodiscard]] bool done() const;
  /// Precondition: `done()`. Call once.
  [[nodiscard]] NoiseSession finish();

  NoiseHandshake(NoiseHandshake&&) noexcept;
  NoiseHandshake& operator=(NoiseHandshake&&) noexcept;
  ~NoiseHandshake();

 private:
  class State;
  explicit NoiseHandshake(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;  ///< Gone after `finish`, its secrets wiped.
};

}  // namespace hearth::seal
