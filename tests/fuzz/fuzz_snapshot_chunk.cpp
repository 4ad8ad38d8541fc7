// What a replica takes for rows of a snapshot.

#include "actors/replication/snapshot_chunk.hpp"
#include "messages/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hearth;
  if (const auto rows = replication::decode_chunk({data, size}); rows) {
    HEARTH_CHECK(replication::encode_chunk(rows.value()) == Bytes(data, data + size));
  }
  return 0;
}
