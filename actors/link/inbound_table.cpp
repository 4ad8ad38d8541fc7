#include "actors/link/inbound_table.hpp"

#include <algorithm>

namespace hearth::link {

namespace {

constexpr Millis tell_period{1000};

}  // namespace

InboundTable::Admission InboundTable::admit(const FrameHeader& header, std::size_t bytes,
                                            Instant now) {
  if (open_.count(header.correlation) != 0) {
    return Admission::duplicate;
  }
  const std::size_t share = header.traffic == TrafficClass::bulk ? 2 : 1;
  const auto full = [&] {
    return open_.size() >= limits_->inbound_requests / share ||
           bytes_ + bytes > limits_->inbound_bytes / share;
  };
  if (header.traffic != TrafficClass::consensus && full()) {
    expire(now);
    if (full()) {
      return Admission::overloaded;
    }
  }
  // However long the asker says that it will wait.
  const auto budget = std::min<Millis>(Millis(header.budget_ms), limits::request_budget_max);
  open_.emplace(header.correlation, Open{header.traffic, bytes, now + budget});
  bytes_ += bytes;
  return Admission::admitted;
}

std::optional<TrafficClass> InboundTable::finish(std::uint64_t correlation) {
  const auto found = open_.find(correlation);
  if (found == open_.end()) {
    return std::nullopt;
  }
  const auto traffic = found->second.traffic;
  bytes_ -= found->second.bytes;
  open_.erase(found);
  return traffic;
}

void InboundTable::expire(Instant now) {
  std::erase_if(open_, [&](const auto& entry) {
    const bool over = entry.second.deadline <= now;
    bytes_ -= over ? entry.second.bytes : 0;
    return over;
  });
}

bool InboundTable::admit_tell(TrafficClass traffic, std::size_t bytes, Instant now) {
  if (traffic == TrafficClass::consensus) {
    return true;
  }
  if (now - tells_since_ >= tell_period) {
    tells_since_ = now;
    tells_ = 0;
    tell_bytes_ = 0;
  }
  if (tells_ >= limits_->tells_per_second || tell_bytes_ + bytes > limits_->tell_bytes_per_second) {
    return false;
  }
  ++tells_;
  tell_bytes_ += bytes;
  return true;
}

}  // namespace hearth::link
