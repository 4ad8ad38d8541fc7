#pragma once
// Documents that say what no encoder of ours would, with a good signature all the same.

#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <string_view>

namespace hearth::testing {

/// `body` and behind it the signature over `domain`, a zero byte and `body`.
[[nodiscard]] inline Bytes signed_bytes(std::string_view domain, BytesView body,
                                        const seal::SecretKey& seed) {
  Bytes message(domain.begin(), domain.end());
  message.push_back(0);
  message.insert(message.end(), body.begin(), body.end());
  const auto signature = seal::sign(seed, message);
  Bytes document(body.begin(), body.end());
  document.insert(document.end(), signature.bytes.begin(), signature.bytes.end());
  return document;
}

}  // namespace hearth::testing
