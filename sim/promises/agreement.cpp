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

/// What a replica has on its disk.
struct StoredState {
  replication::Applied applied;
  RowHash counted;  ///< Of all rows, one by one.
};

/// Nothing: it has joined no group yet.
Result<std::optional<StoredState>> stored_state(const storage::LogReader& log) {
  const auto row = log.row(replication::log_stream(accounts_group), replication::base_key);
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
  const auto stream = replication::rows_stream(accounts_group, base.value().generation);
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
      if (const auto state = stored_state(*node->log()); state && state.value()) {
        compare(node->name(), *state.value());
      }
    }
  }

 private:
  void compare(const std::string& node, const StoredState& state) {
    const auto index = state.applied.index;
    if (state.counted != state.applied.hash) {
      violate(node, fmt::format("the hash of entry {} is not that of its rows", index));
    }
    const auto [first, is_first] = seen_.try_emplace(index, node, state.counted);
    if (!is_first && first->second.second != state.counted) {
      violate(node,
              fmt::format("entry {} left it with other rows than {}", index, first->second.first));
    }
  }

  std::map<replication::Index, std::pair<std::string, RowHash>> seen_;
};

}  // namespace

std::unique_ptr<Checker> agreement_checker(Scene& scene) {
  return std::make_unique<Agreement>(scene);
}

}  // namespace hearth::sim
