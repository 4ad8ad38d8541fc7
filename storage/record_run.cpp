#include "storage/record_run.hpp"

#include "messages/base/little_endian.hpp"

namespace hearth::storage {

namespace {

using Length = std::uint32_t;

Error malformed() {
  return {ErrorCode::log_corrupt, "a run of records ends within a record"};
}

}  // namespace

std::size_t run_length(std::span<const Bytes> records) {
  std::size_t length = 0;
  for (std::size_t bytes = 0; length < records.size() && bytes < run_bytes_full; ++length) {
    bytes += sizeof(Length) + records[length].size();
  }
  return length;
}

void encode_run(std::span<const Bytes> records, Bytes& run) {
  run.clear();
  for (const auto& record : records) {
    const auto at = run.size();
    run.resize(at + sizeof(Length));
    put_le(&run[at], static_cast<Length>(record.size()));
    run.insert(run.end(), record.begin(), record.end());
  }
}

Result<std::vector<BytesView>> decode_run(BytesView run) {
  std::vector<BytesView> records;
  do {
    if (run.size() < sizeof(Length)) {
      return malformed();
    }
    const auto length = get_le<Length>(run.data());
    run = run.subspan(sizeof(Length));
    if (run.size() < length) {
      return malformed();
    }
    records.push_back(run.first(length));
    run = run.subspan(length);
  } while (!run.empty());
  return records;
}

}  // namespace hearth::storage
