#pragma once
// What a run has come to, as far as checkers need it: who plays what, what was acknowledged, when
// the faults were over; and what was found to be wrong.

#include "sim/drill/outcome.hpp"
#include "sim/drill/plan.hpp"
#include "sim/promises/account_record.hpp"
#include "sim/promises/share_record.hpp"
#include "sim/world/observer.hpp"
#include "sim/world/world.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sim {

struct Playback {
  PlaybackStart start;
  std::uint64_t offset = 0;  ///< Of the next byte.
  bool began = false;
  std::optional<Instant> broken_since;
  Instant asked_at{};
};

/// One thread. Times are the world's; reports count from `zero`.
class Scene final {
 public:
  /// `world` outlives the scene's last use.
  explicit Scene(World& world) : world_(world) {}
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] Instant now() const { return world_.engine().now(); }
  /// "a device" where it is no node of the world.
  [[nodiscard]] std::string name_of(const NodeId& id) const;
  [[nodiscard]] bool are_of_one_household(const NodeId& client, const NodeId& home) const;
  /// Whether `client` may be refused, now or soon: its revocation was asked for.
  [[nodiscard]] bool is_revoked(const NodeId& client) const;

  /// Whether `client` may see `folder` of a home of others, or any if none is given: something is
  /// shared with its household, or was until so lately that the home need not have heard it.
  [[nodiscard]] bool is_shared(const NodeId& client, const NodeId& home,
                               const std::optional<FolderId>& folder = {}) const;
  /// The last moment at which somebody may be served whose leave ended at `ended`.
  [[nodiscard]] Instant bound_after(Instant ended) const;

  /// At most so many are kept.
  static constexpr std::size_t violations_max = 100;
  void violate(std::string_view promise, std::string_view node, const std::string& message);
  [[nodiscard]] const std::vector<drill::Violation>& violations() const { return violations_; }

  Instant zero{};
  std::optional<Instant> healed_at;                       ///< From then on there are no faults.
  drill::FaultPlan method;                                ///< What goes wrong on purpose.
  drill::Tolerance tolerance = drill::Tolerance::within;  ///< Of that.
  AccountRecord accounts;
  ShareRecord shares;
  std::map<PlaybackId, Playback> playing;

 private:
  World& world_;
  std::vector<drill::Violation> violations_;
};

}  // namespace hearth::sim
