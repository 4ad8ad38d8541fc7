#pragma once

#include "actors/client/stream_receiver_machine.hpp"

#include <optional>

namespace hearth::client {

/// When a broken stream tries again, and when it gives up.
class ResumePolicy {
 public:
  /// A stream that has never begun has a client waiting that knows nothing yet. It is tried twice
  /// at least, also where the first super-peer only falls silent.
  static constexpr Millis patience_to_begin{8000};
  static_assert(patience_to_begin > stream_opening_max);
  static constexpr Millis patience_to_go_on{10'000};

  explicit ResumePolicy(Instant now) : progress_at_(now) {}

  /// Media came, or the consumer let the stream rest.
  void progressed(Instant now);

  /// How long to wait before the next attempt; nothing: give up.
  [[nodiscard]] std::optional<Millis> after_break(const StreamBroken& broken, Instant now);

  /// For `PlanStream::attempt`: counts on, so that attempts alternate between super-peers.
  [[nodiscard]] std::uint32_t attempt() const { return attempt_; }

 private:
  Instant progress_at_;
  std::uint32_t attempt_ = 0;
  std::uint32_t in_vain_ = 0;  ///< Breaks since the last progress.
  bool begun_ = false;
};

}  // namespace hearth::client
