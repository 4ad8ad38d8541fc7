#include "actors/replication/replicated_reader.hpp"

#include "actors/replication/group_rows.hpp"

#include <utility>

namespace hearth::replication {

namespace {

Error has_no_records() {
  return {ErrorCode::not_readable, "a replicated stream is kept as rows alone: begin from those"};
}

}  // namespace

Result<std::optional<Bytes>> ReplicatedReader::stored(std::string_view key) const {
  for (;;) {
    const auto generation = generation_.load();
    auto found = log_.row(rows_stream(group_, generation), key);
    if (generation == generation_.load()) {
      return found;
    }
  }
}

Result<void> ReplicatedReader::visit_stored(std::string_view prefix,
                                            const RowVisitor& visit) const {
  for (;;) {
    const auto generation = generation_.load();
    bool is_current = true;
    bool visited = false;
    // The rows are those of one moment. Where their generation still counts after it, none was
    // cleared before it.
    auto outcome = log_.rows(rows_stream(group_, generation), prefix,
                             [&](std::string_view key, BytesView value) -> Result<void> {
                               if (!std::exchange(visited, true)) {
                                 is_current = generation == generation_.load();
                               }
                               return is_current ? visit(key, value) : Error{};
                             });
    if (visited ? is_current : generation == generation_.load()) {
      return outcome;
    }
  }
}

Result<storage::Sequence> ReplicatedReader::last_sequence(storage::StreamId stream) const {
  const auto row = stored(sequence_key(stream));
  if (!row) {
    return row.error();
  }
  return row.value() ? decode_sequence(*row.value()) : storage::Sequence{0};
}

Result<void> ReplicatedReader::replay(storage::StreamId /*stream*/, storage::Sequence /*after*/,
                                      const Visitor& /*visit*/) const {
  return has_no_records();
}

Result<std::optional<storage::Snapshot>> ReplicatedReader::snapshot(
    storage::StreamId /*stream*/) const {
  return has_no_records();
}

Result<std::optional<Bytes>> ReplicatedReader::row(storage::StreamId stream,
                                                   std::string_view key) const {
  return stored(row_key(stream, key));
}

Result<void> ReplicatedReader::rows(storage::StreamId stream, std::string_view prefix,
                                    const RowVisitor& visit) const {
  return visit_stored(row_key(stream, prefix), [&visit](std::string_view key, BytesView value) {
    return visit(key.substr(row_prefix_bytes), value);
  });
}

Result<void> ReplicatedReader::streams(const std::function<void(storage::StreamId)>& visit) const {
  return visit_stored({&sequence_prefix, 1},
                      [&visit](std::string_view key, BytesView) -> Result<void> {
                        visit(stream_in(key));
                        return {};
                      });
}

}  // namespace hearth::replication
