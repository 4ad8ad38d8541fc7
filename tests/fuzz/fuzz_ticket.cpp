// Any bytes as a ticket or home certificate: as they come, and with a good signature, which takes
// them past the first gate. What is accepted must be written again as the same bytes.

#include "messages/base/check.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/signed_bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using hearth::Bytes;
using hearth::BytesView;
using hearth::testing::some_day;

const hearth::seal::Identity& issuer() {
  static const auto identity = hearth::testing::identity_of(1);
  return identity;
}

void try_ticket(BytesView bytes) {
  const auto peeked = hearth::seal::peek_ticket(bytes);
  const auto verified = hearth::seal::verify_ticket(bytes, issuer().keys.signing, some_day);
  HEARTH_CHECK(peeked.ok() || !verified.ok());
  if (verified) {
    HEARTH_CHECK(hearth::seal::sign_ticket(verified.value(), issuer().signing_seed) ==
                 Bytes(bytes.begin(), bytes.end()));
  }
}

void try_certificate(BytesView bytes) {
  const auto peeked = hearth::seal::peek_certificate(bytes);
  const auto verified = hearth::seal::verify_certificate(bytes, issuer().keys.signing, some_day);
  HEARTH_CHECK(peeked.ok() || !verified.ok());
  if (verified) {
    HEARTH_CHECK(hearth::seal::sign_certificate(verified.value(), issuer().signing_seed) ==
                 Bytes(bytes.begin(), bytes.end()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  const auto& seed = issuer().signing_seed;
  try_ticket(bytes);
  try_ticket(hearth::testing::signed_bytes("hearth ticket 1", bytes, seed));
  try_certificate(bytes);
  try_certificate(hearth::testing::signed_bytes("hearth home certificate 1", bytes, seed));
  return 0;
}
