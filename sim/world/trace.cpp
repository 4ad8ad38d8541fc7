#include "sim/world/trace.hpp"

namespace hearth::sim {

void Trace::mix(std::uint64_t value) {
  hash_ += value + 0x9e3779b97f4a7c15;
  hash_ = (hash_ ^ (hash_ >> 30U)) * 0xbf58476d1ce4e5b9;
  hash_ = (hash_ ^ (hash_ >> 27U)) * 0x94d049bb133111eb;
  hash_ ^= hash_ >> 31U;
}

void Trace::mix(std::string_view text) {
  std::uint64_t value = text.size();
  for (const char each : text) {
    value = value * 1099511628211ULL ^ static_cast<std::uint8_t>(each);
  }
  mix(value);
}

void Trace::note(Instant at, std::string_view node, std::string_view actor, std::string_view kind,
                 std::uint64_t number, const std::function<std::string()>& detail) {
  mix(static_cast<std::uint64_t>(at.time_since_epoch().count()));
  mix(node);
  mix(actor);
  mix(kind);
  mix(number);
  if (reader_ && events_ >= first_) {
    reader_({events_, at, node, actor, kind, detail ? &detail : nullptr});
  }
  count();
}

void Trace::count() {
  if (++events_ % mark_every == 0) {
    marks_.push_back(hash_);
  }
}

}  // namespace hearth::sim
