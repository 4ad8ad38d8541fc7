#include "messages/seal/signed_body.hpp"

namespace hearth::seal {

namespace {

Bytes in_domain(std::string_view domain, BytesView body) {
  Bytes message;
  message.reserve(domain.size() + 1 + body.size());
  message.assign(domain.begin(), domain.end());
  message.push_back(0);
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

}  // namespace

Signature sign_in_domain(std::string_view domain, BytesView body, const SecretKey& seed) {
  return sign(seed, in_domain(domain, body));
}

bool verify_in_domain(std::string_view domain, BytesView body, const SigningKey& key,
                      const Signature& signature) {
  return verify(key, in_domain(domain, body), signature);
}

Bytes with_signature(std::string_view domain, Bytes body, const SecretKey& seed) {
  const auto signature = sign_in_domain(domain, body, seed);
  body.insert(body.end(), signature.bytes.begin(), signature.bytes.end());
  return body;
}

std::optional<SignedBody> split_signature(BytesView bytes) {
  if (bytes.size() < signature_bytes) {
    return std::nullopt;
  }
  const auto body = bytes.first(bytes.size() - signature_bytes);
  return SignedBody{body, *Signature::from(bytes.subspan(body.size()))};
}

}  // namespace hearth::seal
