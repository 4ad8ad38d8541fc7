#include "actors/replication/group_streams.hpp"

namespace hearth::replication {

namespace {

constexpr std::uint64_t log_mark = 0x80;
constexpr std::uint64_t rows_mark = 0x81;

constexpr unsigned mark_at = 56;
constexpr unsigned group_at = 24;
constexpr Generation generation_mask = 0xffffff;

storage::StreamId stream(std::uint64_t mark, GroupId group, Generation generation) {
  return storage::StreamId{mark << mark_at |
                           std::uint64_t{static_cast<std::uint32_t>(group)} << group_at |
                           (generation & generation_mask)};
}

}  // namespace

storage::StreamId log_stream(GroupId group) {
  return stream(log_mark, group, 0);
}

storage::StreamId rows_stream(GroupId group, Generation generation) {
  return stream(rows_mark, group, generation);
}

std::optional<GroupId> group_of(storage::StreamId stream) {
  const auto number = static_cast<std::uint64_t>(stream);
  const auto mark = number >> mark_at;
  if (mark != log_mark && mark != rows_mark) {
    return std::nullopt;
  }
  return GroupId{static_cast<std::uint32_t>(number >> group_at)};
}

}  // namespace hearth::replication
