#pragma once
// What all signed documents of ours share: the signature covers a domain string, a zero byte and
// the body, so that no document is ever good as one of another kind or version.

#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"

#include <optional>
#include <string_view>

namespace hearth::seal {

inline constexpr std::size_t signature_bytes = Signature::size;

[[nodiscard]] Signature sign_in_domain(std::string_view domain, BytesView body,
                                       const SecretKey& seed);
[[nodiscard]] bool verify_in_domain(std::string_view domain, BytesView body, const SigningKey& key,
                                    const Signature& signature);

/// `body` with its signature behind it.
[[nodiscard]] Bytes with_signature(std::string_view domain, Bytes body, const SecretKey& seed);

/// What `with_signature` put together, taken apart again.
struct SignedBody {
  BytesView body;
  Signature signature;
};
/// Nothing when `bytes` is too short to hold a signature.
[[nodiscard]] std::optional<SignedBody> split_signature(BytesView bytes);

}  // namespace hearth::seal
