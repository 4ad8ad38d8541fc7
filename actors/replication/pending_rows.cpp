#include "actors/replication/pending_rows.hpp"

#include "messages/base/check.hpp"

namespace hearth::replication {

void PendingRows::put(std::string_view key, const RowHash& hash, AppendNumber number) {
  HEARTH_CHECK(touched_.empty() || touched_.back().number <= number);
  auto row = rows_.find(key);
  if (row == rows_.end()) {
    row = rows_.emplace(key, Row{}).first;
  }
  if (row->second.number != number) {
    touched_.push_back({number, std::string(key)});
  }
  row->second = {hash, number};
}

std::optional<RowHash> PendingRows::find(std::string_view key) const {
  const auto row = rows_.find(key);
  return row == rows_.end() ? std::nullopt : std::optional(row->second.hash);
}

void PendingRows::durable(AppendNumber number) {
  for (; !touched_.empty() && touched_.front().number <= number; touched_.pop_front()) {
    const auto row = rows_.find(touched_.front().key);
    if (row != rows_.end() && row->second.number <= number) {
      rows_.erase(row);
    }
  }
}

}  // namespace hearth::replication
