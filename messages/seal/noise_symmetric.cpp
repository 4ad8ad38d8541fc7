#include "messages/seal/noise_symmetric.hpp"

#include "messages/seal/noise_nonce.hpp"

#include <sodium/crypto_aead_chacha20poly1305.h>
#include <sodium/crypto_generichash_blake2b.h>
#include <sodium/utils.h>

#include <algorithm>
#include <initializer_list>

namespace hearth::seal {

namespace {

constexpr std::size_t hash_bytes = 64;
constexpr std::size_t block_bytes = 128;
constexpr std::uint8_t inner_pad = 0x36;
constexpr std::uint8_t outer_pad = 0x5c;

using Parts = std::initializer_list<BytesView>;

void blake2b(std::array<std::uint8_t, hash_bytes>& out, Parts parts) {
  crypto_generichash_blake2b_state state;
  crypto_generichash_blake2b_init(&state, nullptr, 0, hash_bytes);
  for (const auto part : parts) {
    crypto_generichash_blake2b_update(&state, part.data(), part.size());
  }
  crypto_generichash_blake2b_final(&state, out.data(), hash_bytes);
  sodium_memzero(&state, sizeof state);
}

std::array<std::uint8_t, block_bytes> padded(const SecretHash& key, std::uint8_t pad) {
  std::array<std::uint8_t, block_bytes> block{};
  block.fill(pad);
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    block[i] = static_cast<std::uint8_t>(block[i] ^ key.bytes[i]);
  }
  return block;
}

/// HMAC over unkeyed BLAKE2b, as Noise asks for: not BLAKE2b's own keyed mode.
SecretHash hmac(const SecretHash& key, BytesView first, BytesView second) {
  auto block = padded(key, inner_pad);
  SecretHash inner;
  blake2b(inner.bytes, {block, first, second});
  block = padded(key, outer_pad);
  SecretHash outer;
  blake2b(outer.bytes, {block, inner.bytes});
  wipe(block);
  return outer;
}

std::array<SecretHash, 3> hkdf(const SecretHash& chaining_key, BytesView secret) {
  const auto temporary = hmac(chaining_key, secret, {});
  std::array<SecretHash, 3> outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::array<std::uint8_t, 1> counter{static_cast<std::uint8_t>(i + 1)};
    const auto previous = i == 0 ? BytesView{} : BytesView(outputs[i - 1].bytes);
    outputs[i] = hmac(temporary, previous, counter);
  }
  return outputs;
}

}  // namespace

SecretKey SecretHash::key() const {
  std::array<std::uint8_t, 32> half{};
  std::copy_n(bytes.begin(), half.size(), half.begin());
  SecretKey key(half);
  wipe(half);
  return key;
}

SymmetricState::SymmetricState(std::string_view protocol) {
  // Names longer than the hash would have to be hashed; the longest of ours has 44 characters.
  std::copy_n(protocol.begin(), std::min(protocol.size(), hash_.size()), hash_.begin());
  chaining_key_.bytes = hash_;
}

void SymmetricState::mix_hash(BytesView data) {
  HandshakeHash mixed{};
  blake2b(mixed, {hash_, data});
  hash_ = mixed;
}

void SymmetricState::set_key(const SecretHash& from) {
  key_ = from.key();
  nonce_ = 0;
}

void SymmetricState::mix_key(BytesView secret) {
  const auto outputs = hkdf(chaining_key_, secret);
  chaining_key_ = outputs[0];
  set_key(outputs[1]);
}

void SymmetricState::mix_key_and_hash(BytesView secret) {
  const auto outputs = hkdf(chaining_key_, secret);
  chaining_key_ = outputs[0];
  mix_hash(outputs[1].bytes);
  set_key(outputs[2]);
}

void SymmetricState::encrypt_and_hash(Bytes& out, BytesView plain) {
  const auto start = out.size();
  if (key_) {
    out.resize(start + plain.size() + CipherState::tag_bytes);
    crypto_aead_chacha20poly1305_ietf_encrypt(out.data() + start, nullptr, plain.data(),
                                              plain.size(), hash_.data(), hash_.size(), nullptr,
                                              noise_nonce(nonce_++).data(), key_->data());
  } else {
    out.insert(out.end(), plain.begin(), plain.end());
  }
  mix_hash(BytesView(out).subspan(start));
}

std::optional<Bytes> SymmetricState::decrypt_and_hash(BytesView sealed) {
  Bytes plain(sealed.begin(), sealed.end());
  if (key_) {
    if (sealed.size() < CipherState::tag_bytes) {
      return std::nullopt;
    }
    if (crypto_aead_chacha20poly1305_ietf_decrypt(
            plain.data(), nullptr, nullptr, sealed.data(), sealed.size(), hash_.data(),
            hash_.size(), noise_nonce(nonce_++).data(), key_->data()) != 0) {
      return std::nullopt;
    }
    plain.resize(sealed.size() - CipherState::tag_bytes);
  }
  mix_hash(sealed);
  return plain;
}

std::array<SecretHash, 3> SymmetricState::split() const {
  return hkdf(chaining_key_, {});
}

}  // namespace hearth::seal
