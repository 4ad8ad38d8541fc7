// P6: 30 s after the faults' end every home is reachable and streams go on.

#include "sim/promises/checkers.hpp"

#include <fmt/format.h>
#include <map>
#include <utility>

namespace hearth::sim {

namespace {

constexpr Millis recovery_bound{30'000};

class Recovery final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P6"; }

  void asked_page(const NodeId& client, const NodeId& home, ErrorCode outcome,
                  Millis took) override {
    const auto asked_at = scene_.now() - took;
    if (outcome == ErrorCode::none) {
      page_last_[{client, home}] = scene_.now();
      return;
    }
    const bool was_there = page_last_[{client, home}] > asked_at &&
                           (outcome == ErrorCode::overloaded || outcome == ErrorCode::timed_out);
    if (is_recovered(asked_at) && may_reach(client, home) && !was_there) {
      violate(scene_.name_of(client),
              fmt::format("got no page of {}: {}", scene_.name_of(home), hearth::name_of(outcome)));
    }
  }

  void playback_failed(PlaybackId playback, const Error& error) override {
    const auto& one = scene_.playing.at(playback);
    // That the home has it no more, or not yet, is no question of reach.
    const bool changed = error.code == ErrorCode::item_changed ||
                         error.code == ErrorCode::item_gone ||
                         error.code == ErrorCode::item_unknown;
    if (!changed && is_recovered(one.broken_since.value_or(one.asked_at)) &&
        may_reach(one.start.client, one.start.home)) {
      violate(scene_.name_of(one.start.client),
              fmt::format("could not play from {}: {}", scene_.name_of(one.start.home),
                          hearth::name_of(error.code)));
    }
  }

 private:
  [[nodiscard]] bool is_recovered(Instant at) const {
    return scene_.healed_at && at >= *scene_.healed_at + recovery_bound;
  }
  [[nodiscard]] bool may_reach(const NodeId& client, const NodeId& home) const {
    return scene_.are_of_one_household(client, home) && !scene_.is_revoked(client);
  }

  /// When a client last got a page of a home: one that is full serves others meanwhile.
  std::map<std::pair<NodeId, NodeId>, Instant> page_last_;
};

}  // namespace

std::unique_ptr<Checker> recovery_checker(Scene& scene) {
  return std::make_unique<Recovery>(scene);
}

}  // namespace hearth::sim
