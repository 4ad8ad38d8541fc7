// Any bytes as an event of a chain: as they come, and with a good signature. What is accepted must
// be written again as the same bytes: no event has two forms.

#include "messages/base/check.hpp"
#include "messages/directory/chain_event.hpp"
#include "messages/seal/recovery_key.hpp"
#include "tests/support/identities.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hearth;
  static const auto signer = testing::identity_of(1);
  const directory::SignedEvent event{Bytes(data, data + size), {}};
  if (const auto read = directory::read_event(event)) {
    HEARTH_CHECK(directory::sign_event(read.value().event, signer.signing_seed).body == event.body);
    HEARTH_CHECK(read.value().hash == directory::hash_of(event));
  }
  HEARTH_CHECK(!directory::verify_event(event).ok());
  static_cast<void>(seal::read_recovery_key({reinterpret_cast<const char*>(data), size}));
  return 0;
}
