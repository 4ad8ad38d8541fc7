#include "actors/client/resume_policy.hpp"

#include <algorithm>

namespace hearth::client {

namespace {

constexpr Millis delay_min{100};
constexpr std::uint32_t doublings_max = 3;

}  // namespace

void ResumePolicy::progressed(Instant now) {
  progress_at_ = now;
  in_vain_ = 0;
  begun_ = true;
}

std::optional<Millis> ResumePolicy::after_break(const StreamBroken& broken, Instant now) {
  const auto patience = begun_ ? patience_to_go_on : patience_to_begin;
  if (!broken.resumable || now - progress_at_ >= patience) {
    return std::nullopt;
  }
  ++attempt_;
  ++in_vain_;
  // The first try on the other path is at once: the break itself has cost time enough.
  return in_vain_ == 1 ? Millis{0} : delay_min * (1U << std::min(in_vain_ - 2, doublings_max));
}

}  // namespace hearth::client
