#pragma once
// The read side of a group for its machines: what is applied and durable here, and nothing of what
// is still on its way. A machine that decided something knows that by itself.

#include "actors/replication/group_streams.hpp"
#include "storage/event_log.hpp"

#include <atomic>

namespace hearth::replication {

/// Streams are those of the group's machines. All of a group is replicated as rows: `replay` and
/// `snapshot` answer `not_readable`, a machine begins from its rows. Threads: as LogReader.
class ReplicatedReader final : public storage::LogReader {
 public:
  /// `log` outlives it.
  ReplicatedReader(GroupId group, const storage::LogReader& log) : group_(group), log_(log) {}

  /// How many events of `stream` are applied.
  [[nodiscard]] Result<storage::Sequence> last_sequence(storage::StreamId stream) const override;
  Result<void> replay(storage::StreamId stream, storage::Sequence after,
                      const Visitor& visit) const override;
  [[nodiscard]] Result<std::optional<storage::Snapshot>> snapshot(
      storage::StreamId stream) const override;
  [[nodiscard]] Result<std::optional<Bytes>> row(storage::StreamId stream,
                                                 std::string_view key) const override;
  Result<void> rows(storage::StreamId stream, std::string_view prefix,
                    const RowVisitor& visit) const override;
  Result<void> streams(const std::function<void(storage::StreamId)>& visit) const override;

  /// The rows of `generation` are in place, and durable. By the group's store alone.
  void show(Generation generation) { generation_.store(generation); }
  [[nodiscard]] Generation shown() const { return generation_.load(); }

 private:
  // A generation is cleared only after another one is shown: whoever sees the same before and
  // after has read one that counts.
  Result<std::optional<Bytes>> stored(std::string_view key) const;
  Result<void> visit_stored(std::string_view prefix, const RowVisitor& visit) const;

  GroupId group_;
  const storage::LogReader& log_;
  std::atomic<Generation> generation_{0};
};

}  // namespace hearth::replication
