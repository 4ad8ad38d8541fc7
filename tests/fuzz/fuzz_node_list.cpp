// Any bytes as a node list: as they come, and signed by the root. What is accepted must be
// written again as the same bytes.

#include "messages/base/check.hpp"
#include "messages/seal/node_list.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/signed_bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using hearth::Bytes;
using hearth::BytesView;

const hearth::seal::Identity& root() {
  static const auto identity = hearth::testing::identity_of(1);
  return identity;
}

void try_list(BytesView bytes) {
  const auto verified =
      hearth::seal::verify_node_list(bytes, {root().keys.signing}, hearth::testing::some_day);
  if (!verified) {
    return;
  }
  const auto& list = verified.value();
  HEARTH_CHECK(list.find(list.nodes.front().id()) == &list.nodes.front());
  HEARTH_CHECK(hearth::seal::sign_node_list(list, root().signing_seed) ==
               Bytes(bytes.begin(), bytes.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  try_list(bytes);
  try_list(hearth::testing::signed_bytes("hearth node list 1", bytes, root().signing_seed));
  return 0;
}
