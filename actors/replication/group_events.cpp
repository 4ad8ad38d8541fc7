#include "actors/replication/group_events.hpp"

#include "messages/base/check.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/replication/replication_messages.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace hearth::replication {

namespace {

StreamEvents events_of(const storage::Append& append) {
  HEARTH_CHECK(!append.snapshot && !append.clear && append.trim_below == 0);
  StreamEvents events{static_cast<std::uint64_t>(append.stream), append.records, {}};
  for (const auto& row : append.rows) {
    events.rows.push_back({row.key, row.value});
  }
  return events;
}

bool fits(const StreamEvents& events) {
  return events.records.size() <= GroupEvents::records_max &&
         events.rows.size() <= GroupEvents::rows_max &&
         std::all_of(events.rows.begin(), events.rows.end(), [](const RowChange& row) {
           return !row.key.empty() && row.key.size() <= limits::replicated_row_key_bytes_max;
         });
}

}  // namespace

Result<Payload> encode_events(storage::Sequence sequence,
                              std::span<const storage::Append> appends) {
  GroupEvents events{sequence, {}};
  for (const auto& append : appends) {
    events.streams.push_back(events_of(append));
  }
  const bool within = events.streams.size() <= GroupEvents::streams_max &&
                      std::all_of(events.streams.begin(), events.streams.end(), fits);
  auto bytes = within ? hearth::encode(events) : Bytes();
  if (!within || bytes.size() > GroupEvents::encoded_bytes_max) {
    return Error{ErrorCode::limit_reached, "what was decided at once is more than an entry takes"};
  }
  return std::make_shared<const Bytes>(std::move(bytes));
}

}  // namespace hearth::replication
