#include "sim/world/light_seal.hpp"

#include "messages/base/check.hpp"
#include "sim/world/light_arithmetic.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <dlfcn.h>
#include <new>
#include <type_traits>

namespace {

using hearth::sim::Octets;
using hearth::sim::light::Frame;
using hearth::sim::light::Sum;
using hearth::sim::light::tag_bytes;
using StreamState = crypto_secretstream_xchacha20poly1305_state;
using HashState = crypto_generichash_blake2b_state;

static_assert(tag_bytes == crypto_aead_chacha20poly1305_ietf_ABYTES);
static_assert(1 + tag_bytes == crypto_secretstream_xchacha20poly1305_ABYTES);
static_assert(sizeof(Sum) <= sizeof(HashState) && std::is_trivially_destructible_v<Sum>);

bool is_light = false;

/// libsodium's own definition, which ours stands before.
template <class Function>
Function* original(Function*, const char* name) {
  auto* const found = ::dlsym(RTLD_NEXT, name);
  HEARTH_CHECK(found != nullptr);
  return reinterpret_cast<Function*>(found);
}

Octets octets(const unsigned char* from, unsigned long long bytes) {
  return {from, static_cast<std::size_t>(bytes)};
}

void tell(unsigned long long* to, unsigned long long bytes) {
  if (to != nullptr) {
    *to = bytes;
  }
}

void sign(unsigned char* signature, Octets message, const unsigned char* public_key) {
  Sum sum;
  sum.add(octets(public_key, crypto_sign_ed25519_PUBLICKEYBYTES));
  sum.add(message);
  sum.write(signature, crypto_sign_ed25519_BYTES);
}

Frame channel_frame(const unsigned char* key, const unsigned char* nonce, Octets associated) {
  return {octets(key, crypto_aead_chacha20poly1305_ietf_KEYBYTES),
          octets(nonce, crypto_aead_chacha20poly1305_ietf_NPUBBYTES), associated};
}

Frame stream_frame(const StreamState& state, Octets associated) {
  return {octets(state.k, sizeof state.k), octets(state.nonce, sizeof state.nonce), associated};
}

/// The next frame of a stream fits behind this one alone.
void go_on(StreamState& state, const unsigned char* tag) {
  Sum sum;
  sum.add(octets(state.nonce, sizeof state.nonce));
  sum.add(octets(tag, tag_bytes));
  sum.write(state.nonce, sizeof state.nonce);
}

/// Where `..._init` has put it.
Sum& sum_in(HashState* state) {
  return *std::launder(reinterpret_cast<Sum*>(state));
}

}  // namespace

namespace hearth::sim {

LightSeal::LightSeal() {
  HEARTH_CHECK(!is_light);
  is_light = true;
}

LightSeal::~LightSeal() {
  is_light = false;
}

}  // namespace hearth::sim

/// Does what libsodium's `function` does, unless the light arithmetic is in force.
#define HEARTH_UNLESS_LIGHT(function, ...)                        \
  if (!is_light) {                                                \
    static auto* const itself = original(&(function), #function); \
    return itself(__VA_ARGS__);                                   \
  }

// ---- key exchange ----

int crypto_scalarmult_curve25519_base(unsigned char* q, const unsigned char* n) {
  HEARTH_UNLESS_LIGHT(crypto_scalarmult_curve25519_base, q, n)
  hearth::sim::light::write_public_point(q, n);
  return 0;
}

int crypto_scalarmult_curve25519(unsigned char* q, const unsigned char* n, const unsigned char* p) {
  HEARTH_UNLESS_LIGHT(crypto_scalarmult_curve25519, q, n, p)
  return hearth::sim::light::write_shared_point(q, n, p) ? 0 : -1;
}

// ---- signatures ----

int crypto_sign_ed25519_seed_keypair(unsigned char* pk, unsigned char* sk,
                                     const unsigned char* seed) {
  HEARTH_UNLESS_LIGHT(crypto_sign_ed25519_seed_keypair, pk, sk, seed)
  Sum sum;
  sum.add(octets(seed, crypto_sign_ed25519_SEEDBYTES));
  sum.write(pk, crypto_sign_ed25519_PUBLICKEYBYTES);
  std::copy_n(seed, crypto_sign_ed25519_SEEDBYTES, sk);
  std::copy_n(pk, crypto_sign_ed25519_PUBLICKEYBYTES, sk + crypto_sign_ed25519_SEEDBYTES);
  return 0;
}

int crypto_sign_ed25519_detached(unsigned char* sig, unsigned long long* siglen_p,
                                 const unsigned char* m, unsigned long long mlen,
                                 const unsigned char* sk) {
  HEARTH_UNLESS_LIGHT(crypto_sign_ed25519_detached, sig, siglen_p, m, mlen, sk)
  sign(sig, octets(m, mlen), sk + crypto_sign_ed25519_SEEDBYTES);
  tell(siglen_p, crypto_sign_ed25519_BYTES);
  return 0;
}

int crypto_sign_ed25519_verify_detached(const unsigned char* sig, const unsigned char* m,
                                        unsigned long long mlen, const unsigned char* pk) {
  HEARTH_UNLESS_LIGHT(crypto_sign_ed25519_verify_detached, sig, m, mlen, pk)
  std::array<unsigned char, crypto_sign_ed25519_BYTES> right{};
  sign(right.data(), octets(m, mlen), pk);
  return std::equal(right.begin(), right.end(), sig) ? 0 : -1;
}

// ---- hashes ----

int crypto_generichash_blake2b(unsigned char* out, size_t outlen, const unsigned char* in,
                               unsigned long long inlen, const unsigned char* key, size_t keylen) {
  HEARTH_UNLESS_LIGHT(crypto_generichash_blake2b, out, outlen, in, inlen, key, keylen)
  Sum sum;
  sum.add(octets(key, keylen));
  sum.add(octets(in, inlen));
  sum.write(out, outlen);
  return 0;
}

int crypto_generichash_blake2b_init(HashState* state, const unsigned char* key, const size_t keylen,
                                    const size_t outlen) {
  HEARTH_UNLESS_LIGHT(crypto_generichash_blake2b_init, state, key, keylen, outlen)
  (new (state) Sum)->add(octets(key, keylen));
  return 0;
}

int crypto_generichash_blake2b_update(HashState* state, const unsigned char* in,
                                      unsigned long long inlen) {
  HEARTH_UNLESS_LIGHT(crypto_generichash_blake2b_update, state, in, inlen)
  sum_in(state).add(octets(in, inlen));
  return 0;
}

int crypto_generichash_blake2b_final(HashState* state, unsigned char* out, const size_t outlen) {
  HEARTH_UNLESS_LIGHT(crypto_generichash_blake2b_final, state, out, outlen)
  sum_in(state).write(out, outlen);
  return 0;
}

// ---- frames of channels: ciphertext | tag ----

int crypto_aead_chacha20poly1305_ietf_encrypt(unsigned char* c, unsigned long long* clen_p,
                                              const unsigned char* m, unsigned long long mlen,
                                              const unsigned char* ad, unsigned long long adlen,
                                              const unsigned char* nsec, const unsigned char* npub,
                                              const unsigned char* k) {
  HEARTH_UNLESS_LIGHT(crypto_aead_chacha20poly1305_ietf_encrypt, c, clen_p, m, mlen, ad, adlen,
                      nsec, npub, k)
  auto frame = channel_frame(k, npub, octets(ad, adlen));
  frame.seal(c, octets(m, mlen));
  frame.write_tag(c + mlen);
  tell(clen_p, mlen + tag_bytes);
  return 0;
}

int crypto_aead_chacha20poly1305_ietf_decrypt(unsigned char* m, unsigned long long* mlen_p,
                                              unsigned char* nsec, const unsigned char* c,
                                              unsigned long long clen, const unsigned char* ad,
                                              unsigned long long adlen, const unsigned char* npub,
                                              const unsigned char* k) {
  HEARTH_UNLESS_LIGHT(crypto_aead_chacha20poly1305_ietf_decrypt, m, mlen_p, nsec, c, clen, ad,
                      adlen, npub, k)
  if (clen < tag_bytes) {
    return -1;
  }
  const auto size = clen - tag_bytes;
  auto frame = channel_frame(k, npub, octets(ad, adlen));
  frame.open(m, octets(c, size));
  tell(mlen_p, size);
  return frame.has_tag(c + size) ? 0 : -1;
}

// ---- frames of streams: kind, sealed | ciphertext | tag ----

int crypto_secretstream_xchacha20poly1305_push(StreamState* state, unsigned char* out,
                                               unsigned long long* outlen_p, const unsigned char* m,
                                               unsigned long long mlen, const unsigned char* ad,
                                               unsigned long long adlen, unsigned char tag) {
  HEARTH_UNLESS_LIGHT(crypto_secretstream_xchacha20poly1305_push, state, out, outlen_p, m, mlen, ad,
                      adlen, tag)
  auto frame = stream_frame(*state, octets(ad, adlen));
  frame.seal(out, octets(&tag, 1));
  frame.seal(out + 1, octets(m, mlen));
  frame.write_tag(out + 1 + mlen);
  go_on(*state, out + 1 + mlen);
  tell(outlen_p, mlen + crypto_secretstream_xchacha20poly1305_ABYTES);
  return 0;
}

int crypto_secretstream_xchacha20poly1305_pull(StreamState* state, unsigned char* m,
                                               unsigned long long* mlen_p, unsigned char* tag_p,
                                               const unsigned char* in, unsigned long long inlen,
                                               const unsigned char* ad, unsigned long long adlen) {
  HEARTH_UNLESS_LIGHT(crypto_secretstream_xchacha20poly1305_pull, state, m, mlen_p, tag_p, in,
                      inlen, ad, adlen)
  if (inlen < crypto_secretstream_xchacha20poly1305_ABYTES) {
    return -1;
  }
  const auto size = inlen - crypto_secretstream_xchacha20poly1305_ABYTES;
  auto frame = stream_frame(*state, octets(ad, adlen));
  unsigned char kind = 0;
  frame.open(&kind, octets(in, 1));
  frame.open(m, octets(in + 1, size));
  if (!frame.has_tag(in + 1 + size)) {
    return -1;
  }
  go_on(*state, in + 1 + size);
  if (tag_p != nullptr) {
    *tag_p = kind;
  }
  tell(mlen_p, size);
  return 0;
}
