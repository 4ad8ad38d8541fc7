#pragma once
// How old what directories say of homes is: whether the answer of each one that serves (which
// super-peers hold a home) is what home and super-peer agree on at this moment, and if not, since
// when. Looks at the machines themselves between two messages: nothing is asked, so that a run is
// the same with and without.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "sim/world/world.hpp"

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace hearth::sim {

/// Counts for each home, super-peer and directory by itself. What cannot be told does not count: a
/// directory that is down says nothing, and as long as no packet gets from home to super-peer, from
/// there to any directory, or from that one to the directory, the time stands at nothing and begins
/// anew afterwards. A home or super-peer that is down is no excuse: it has to vanish.
class PresenceWatch final {
 public:
  /// `world` outlives the watch.
  explicit PresenceWatch(World& world) : world_(world) {}

  /// What is wrong already is wrong from now on.
  void begin();
  /// Call often: it is wrong from the look that finds it so to the one that does not any more.
  void look();

  /// The longest that anything was wrong since `begin`. Nothing: no directory served.
  [[nodiscard]] std::optional<Millis> longest() const { return longest_; }
  /// At the last look, in ms: the age that 99 of 100 homes do not exceed; 0 is right. Nothing: no
  /// directory served, or no home was anywhere.
  [[nodiscard]] std::optional<double> age_p99() const;

 private:
  struct Attachment {
    NodeId super_peer;
    NodeId home;
    auto operator<=>(const Attachment&) const = default;
  };
  /// One that a directory is wrong about.
  struct Mistake {
    NodeId directory;
    Attachment about;
    auto operator<=>(const Mistake&) const = default;
  };
  using Attachments = std::vector<Attachment>;  // sorted

  [[nodiscard]] Attachments true_now();
  void look_at(const SimNode& directory, const Attachments& shown, const Attachments& truth);
  [[nodiscard]] bool can_be_told(const SimNode& directory, const Attachment& about);

  World& world_;
  std::map<Mistake, Instant> wrong_since_;
  std::map<Mistake, Instant> still_wrong_;  ///< While a look goes on: what it has found.
  std::size_t known_ = 0;  ///< Attachments that are true or shown, at each directory.
  std::optional<Millis> longest_;
};

}  // namespace hearth::sim
