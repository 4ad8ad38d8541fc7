#pragma once
// The data folder of a directory that does not run, for commands that mend it. No actors, no link.

#include "actors/replication/quorum_recovery.hpp"
#include "messages/base/result.hpp"
#include "storage/event_log.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace hearth::cli {

/// Holds the folder's lock and its log for as long as it lives. Threads: one at a time; blocks.
class StoppedDirectory final {
 public:
  /// Errors: `in_use` (it runs), `not_found`, `wrong_role`, `log_lost`, `log_corrupt`, and the
  /// other ones of `DataFolder` and `RocksEventLog`.
  [[nodiscard]] static Result<std::unique_ptr<StoppedDirectory>> open(
      const std::filesystem::path& data);
  StoppedDirectory(const StoppedDirectory&) = delete;
  StoppedDirectory& operator=(const StoppedDirectory&) = delete;
  ~StoppedDirectory();

  [[nodiscard]] const std::filesystem::path& data() const;
  [[nodiscard]] const NodeId& id() const;

  /// Of the groups 0 to `groups` - 1, in order. Errors: `not_found` where it has no replica of one;
  /// `log_corrupt`, `format_newer`, `disk_failed`.
  [[nodiscard]] Result<std::vector<replication::GroupRemains>> remains(std::uint32_t groups) const;

  /// Makes all of `appends` durable in one batch, or none. Errors: `disk_full`, `disk_failed`.
  [[nodiscard]] Result<void> write(std::vector<storage::Append> appends);

 private:
  struct State;
  explicit StoppedDirectory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hearth::cli
