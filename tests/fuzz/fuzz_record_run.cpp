// What a log reads as records after its checksum held.

#include "messages/base/check.hpp"
#include "storage/record_run.hpp"

#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hearth;
  const auto views = storage::decode_run({data, size});
  if (!views) {
    return 0;
  }
  std::vector<Bytes> records;
  for (const auto& view : views.value()) {
    records.emplace_back(view.begin(), view.end());
  }
  Bytes again;
  storage::encode_run(records, again);
  HEARTH_CHECK(again == Bytes(data, data + size));
  return 0;
}
