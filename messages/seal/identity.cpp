#include "messages/seal/identity.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/digest.hpp"
#include "messages/seal/init.hpp"
#include "messages/seal/random.hpp"
#include "messages/seal/signed_body.hpp"
#include "messages/seal/wire_bytes.hpp"

#include <sodium/crypto_scalarmult_curve25519.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/utils.h>

#include <algorithm>
#include <string_view>

namespace hearth::seal {

namespace {

constexpr std::string_view binding_domain = "hearth key binding 1";
constexpr std::string_view file_magic = "HEARTHID";
constexpr std::uint16_t file_version = 1;
constexpr std::size_t checksum_at = 80;

using Checksum = FixedBytes<struct ChecksumTag, 32>;
using SigningSecret = std::array<std::uint8_t, crypto_sign_ed25519_SECRETKEYBYTES>;

/// libsodium's secret form holds the public key too: made from the seed, wiped after use.
SigningKey expand_seed(const SecretKey& seed, SigningSecret& secret) {
  SigningKey key;
  crypto_sign_ed25519_seed_keypair(key.bytes.data(), secret.data(), seed.data());
  return key;
}

std::array<std::uint8_t, 33> binding_body(const ExchangeKey& key, Role role) {
  std::array<std::uint8_t, 33> body{static_cast<std::uint8_t>(role)};
  std::copy(key.bytes.begin(), key.bytes.end(), body.begin() + 1);
  return body;
}

SecretKey take_secret(ByteReader& reader) {
  std::array<std::uint8_t, 32> bytes{};
  const auto taken = reader.take(bytes.size());
  std::copy(taken.begin(), taken.end(), bytes.begin());
  SecretKey secret(bytes);
  wipe(bytes);
  return secret;
}

}  // namespace

void wipe(std::span<std::uint8_t> secret) {
  sodium_memzero(secret.data(), secret.size());
}

SecretKey::~SecretKey() {
  wipe(bytes_);
}

bool operator==(const SecretKey& left, const SecretKey& right) {
  return equal_in_constant_time(left.bytes_, right.bytes_);
}

Identity Identity::generate() {
  return from_secrets(random_secret(), random_secret());
}

Identity Identity::from_secrets(const SecretKey& signing_seed, const SecretKey& exchange_secret) {
  HEARTH_CHECK(init());
  Identity identity{signing_seed, exchange_secret, {}, {}};
  SigningSecret secret{};
  identity.keys.signing = expand_seed(signing_seed, secret);
  wipe(secret);
  crypto_scalarmult_curve25519_base(identity.keys.exchange.bytes.data(), exchange_secret.data());
  identity.id = node_id_of(identity.keys.signing);
  return identity;
}

NodeId node_id_of(const SigningKey& key) {
  return digest_as<NodeId>(key.view());
}

SigningKey signing_key_of(const SecretKey& signing_seed) {
  HEARTH_CHECK(init());
  SigningSecret secret{};
  const auto key = expand_seed(signing_seed, secret);
  wipe(secret);
  return key;
}

Signature sign(const SecretKey& signing_seed, BytesView message) {
  SigningSecret secret{};
  expand_seed(signing_seed, secret);
  Signature signature;
  crypto_sign_ed25519_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                               secret.data());
  wipe(secret);
  return signature;
}

bool verify(const SigningKey& key, BytesView message, const Signature& signature) {
  return crypto_sign_ed25519_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                             key.bytes.data()) == 0;
}

Signature bind_keys(const Identity& identity, Role role) {
  return sign_in_domain(binding_domain, binding_body(identity.keys.exchange, role),
                        identity.signing_seed);
}

bool verify_binding(const PublicKeys& keys, Role role, const Signature& binding) {
  return verify_in_domain(binding_domain, binding_body(keys.exchange, role), keys.signing, binding);
}

Bytes encode_identity(const Identity& identity) {
  ByteWriter writer(identity_file_bytes);
  writer.text(file_magic);
  writer.u16(file_version);
  writer.zeros(6);
  writer.bytes(identity.signing_seed.bytes());
  writer.bytes(identity.exchange_secret.bytes());
  writer.bytes(digest_as<Checksum>(writer.written()).view());
  return writer.finish();
}

Result<Identity> decode_identity(BytesView bytes) {
  ByteReader reader(bytes);
  if (!reader.expect(file_magic)) {
    return Error{ErrorCode::message_malformed, "not a key file of Hearth"};
  }
  const auto version = reader.u16();
  if (version > file_version) {
    return Error{ErrorCode::format_newer, "the key file is of a newer version of Hearth"};
  }
  if (version != file_version || !reader.expect_zeros(6) || bytes.size() != identity_file_bytes) {
    return Error{ErrorCode::message_malformed, "the key file has a wrong header or length"};
  }
  const auto checksum = digest_as<Checksum>(bytes.first(checksum_at));
  if (!equal_in_constant_time(checksum.view(), bytes.subspan(checksum_at))) {
    return Error{ErrorCode::message_malformed, "the key file is damaged: wrong checksum"};
  }
  const auto signing_seed = take_secret(reader);
  const auto exchange_secret = take_secret(reader);
  return Identity::from_secrets(signing_seed, exchange_secret);
}

}  // namespace hearth::seal
