#include "messages/base/mutant.hpp"
#include "messages/seal/noise.hpp"
#include "messages/seal/noise_nonce.hpp"

#include <sodium/crypto_aead_chacha20poly1305.h>

#include <utility>

namespace hearth::seal {

CipherState::CipherState(CipherState&& other) noexcept
    : key_(other.key_), nonce_(std::exchange(other.nonce_, nonce_max)) {}

CipherState& CipherState::operator=(CipherState&& other) noexcept {
  key_ = other.key_;
  nonce_ = std::exchange(other.nonce_, nonce_max);
  return *this;
}

Result<void> CipherState::seal(Bytes& out, BytesView head, BytesView body) {
  if (nonce_ == nonce_max) {
    return Error{ErrorCode::limit_reached, "the keys of this channel are used up"};
  }
  const auto plain_bytes = head.size() + body.size();
  if (plain_bytes + tag_bytes > noise_message_bytes_max) {
    return Error{ErrorCode::frame_oversized, "a frame of more than 65535 bytes"};
  }
  const auto start = out.size();
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), body.begin(), body.end());
  out.resize(start + plain_bytes + tag_bytes);
  auto* const frame = out.data() + start;
  if (!HEARTH_MUTANT("send-in-the-clear")) {
    crypto_aead_chacha20poly1305_ietf_encrypt(frame, nullptr, frame, plain_bytes, nullptr, 0,
                                              nullptr, noise_nonce(nonce_).data(), key_.data());
  }
  ++nonce_;
  return {};
}

Result<std::span<std::uint8_t>> CipherState::open(std::span<std::uint8_t> frame) {
  if (frame.size() < tag_bytes || frame.size() > noise_message_bytes_max || nonce_ == nonce_max) {
    return Error{ErrorCode::decryption_failed, "a frame of a wrong size, or keys used up"};
  }
  if (!HEARTH_MUTANT("send-in-the-clear") &&
      crypto_aead_chacha20poly1305_ietf_decrypt(frame.data(), nullptr, nullptr, frame.data(),
                                                frame.size(), nullptr, 0,
                                                noise_nonce(nonce_).data(), key_.data()) != 0) {
    return Error{ErrorCode::decryption_failed, "a frame was changed, lost or repeated"};
  }
  ++nonce_;
  return frame.first(frame.size() - tag_bytes);
}

}  // namespace hearth::seal
