#pragma once
// What rows will be, as long as the log may not show it yet: the hashes of rows in appends that are
// not durable.

#include "actors/replication/row_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::replication {

/// Numbers the appends of one group from 1, in their order.
using AppendNumber = std::uint64_t;

class PendingRows {
 public:
  /// `hash` of the row under `key`, zero where it is removed, after the append `number`, which is
  /// not below any before.
  void put(std::string_view key, const RowHash& hash, AppendNumber number);
  /// Nothing: the log shows the row as it is.
  [[nodiscard]] std::optional<RowHash> find(std::string_view key) const;
  /// All appends up to `number` are durable.
  void durable(AppendNumber number);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

 private:
  struct Row {
    RowHash hash;
    AppendNumber number = 0;  // of the last append with it
  };
  struct Touch {
    AppendNumber number = 0;
    std::string key;
  };
  std::map<std::string, Row, std::less<>> rows_;
  std::deque<Touch> touched_;
};

}  // namespace hearth::replication
