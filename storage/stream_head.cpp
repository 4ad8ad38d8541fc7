#include "storage/stream_head.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"

#include <algorithm>
#include <string>

namespace hearth::storage {

namespace {

std::string name(StreamId stream) {
  return "stream " + std::to_string(static_cast<std::uint64_t>(stream));
}

bool within_limits(const Append& append) {
  const auto record_fits = [](const Bytes& record) {
    return record.size() <= limits::record_bytes_max;
  };
  const auto key_fits = [](const Row& row) {
    return !row.key.empty() && row.key.size() <= row_key_bytes_max;
  };
  return std::all_of(append.records.begin(), append.records.end(), record_fits) &&
         std::all_of(append.rows.begin(), append.rows.end(), key_fits);
}

}  // namespace

Result<StreamHead> follow(const StreamHead& head, const Append& append) {
  HEARTH_CHECK(within_limits(append));
  if (append.expected != head.last) {
    return Error{ErrorCode::sequence_moved, name(append.stream) + " stands at " +
                                                std::to_string(head.last) + ", its writer at " +
                                                std::to_string(append.expected)};
  }
  auto next = append.clear ? StreamHead() : head;
  next.last = append.last();
  if (append.snapshot) {
    HEARTH_CHECK(next.last > 0);
    next.snapshot = next.last;
  }
  next.first = std::max(next.first, std::min(append.trim_below, next.snapshot + 1));
  return next;
}

Result<void> check_replay(const StreamHead& head, StreamId stream, Sequence after) {
  if (after + 1 < head.first) {
    return Error{ErrorCode::log_corrupt, name(stream) + " was trimmed below " +
                                             std::to_string(head.first) + ", but is read from " +
                                             std::to_string(after + 1)};
  }
  return {};
}

}  // namespace hearth::storage
