// P10: directories that have applied the same entries have the same accounts, and the hash that
// each keeps up is the hash of its rows.

#include "actors/replication/group_rows.hpp"
#include "actors/roles/roles.hpp"
#include "sim/promises/checkers.hpp"

#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>

namespace hearth::sim {

namespace {

using replication::RowHash;

/// What a replica of one group has on its disk.
struct StoredState {
  replication::Applied applied;
  RowHash counted;  ///< Of all rows, one by one.
};

/// Nothing: it has joined no group yet.
Result<std::optional<StoredState>> stored_state(const storage::LogReader& log, GroupId group) {
  const auto row = log.row(replication::log_stream(group), replication::base_key);
  if (!row || !row.value()) {
    return row ? Result<std::optional<StoredState>>(std::nullopt) : row.error();
  }
  const auto base = replication::decode_base(*row.value());
  if (!base) {
    return base.error();
  }
  StoredState state;
  const auto visit = [&state](std::string_view key, BytesView value) -> Result<void> {
    if (key == replication::applied_key) {
      const auto applied = replication::decode_applied(value);
      if (!applied) {
        return applied.error();
      }
      state.applied = applied.value();
    } else if (key != replication::mark_key) {
      state.counted += replication::hash_of_row(key, value);
    }
    return {};
  };
  const auto stream = replication::rows_stream(group, base.value().generation);
  if (auto read = log.rows(stream, {}, visit); !read) {
    return read.error();
  }
  return std::optional(state);
}

class Agreement final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P10"; }

  /// What cannot be read is for the checker of error lines.
  void finished() override {
    for (const auto& node : scene_.world().nodes()) {
      if (node->spec().role != drill::Role::directory || !node->up()) {
        continue;
      }
      for (std::uint32_t group = 0; group < scene_.world().groups(); ++group) {
        const auto state = stored_state(*node->log(), GroupId{group});
        if (state && state.value()) {
          compare(node->name(), GroupId{group}, *state.value());
        }
      }
    }
  }

 private:
  void compare(const std::string& node, GroupId group, const StoredState& state) {
    const auto place = std::pair(group, state.applied.index);
    const auto text =
        fmt::format("entry {} of group {}", place.second, static_cast<std::uint32_t>(group));
    if (state.counted != state.applied.hash) {
      violate(node, fmt::format("the hash of {} is not that of its rows", text));
    }
    const auto [first, is_first] = seen_.try_emplace(place, node, state.counted);
    if (!is_first && first->second.second != state.counted) {
      violate(node, fmt::format("{} left it with other rows than {}", text, first->second.first));
    }
  }

  std::map<std::pair<GroupId, replication::Index>, std::pair<std::string, RowHash>> seen_;
};

}  // namespace

std::unique_ptr<Checker> agreement_checker(Scene& scene) {
  return std::make_unique<Agreement>(scene);
}

}  // namespace hearth::sim
