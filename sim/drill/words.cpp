#include "sim/drill/words.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace hearth::drill {
namespace {

constexpr std::pair<std::string_view, std::int64_t> units[] = {
    {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr std::int64_t duration_ms_max = 36'500LL * 86'400'000LL;

}  // namespace

std::optional<Millis> duration_from(std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view wanted(rest, static_cast<std::size_t>(end - rest));
  for (const auto& [unit, ms] : units) {
    if (error == std::errc{} && wanted == unit && std::abs(number) <= duration_ms_max / ms) {
      return Millis(number * ms);
    }
  }
  return std::nullopt;
}

std::string duration_text(Millis duration) {
  for (const auto& [unit, ms] : units) {
    if (duration.count() != 0 && duration.count() % ms == 0) {
      return fmt::format("{}{}", duration.count() / ms, unit);
    }
  }
  return "0s";
}

std::string spoken(Millis duration) {
  const auto ms = duration.count();
  if (ms < 1000) {
    return fmt::format("{} ms", ms);
  }
  if (ms < 60'000) {
    const auto tenths = (ms + 50) / 100;
    return tenths % 10 == 0 ? fmt::format("{} s", tenths / 10)
                            : fmt::format("{}.{} s", tenths / 10, tenths % 10);
  }
  const auto s = ms / 1000;
  if (s >= 3600) {
    return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
  }
  return s % 60 == 0 ? fmt::format("{} min", s / 60) : fmt::format("{} min {} s", s / 60, s % 60);
}

std::string number_text(double number) {
  return fmt::format("{}", number);
}

std::string value_text(ProbeUnit unit, double value) {
  switch (unit) {
    // Rounded down: 100 % is said of nothing less.
    case ProbeUnit::ratio: return fmt::format("{:.4g} %", std::floor(value * 10'000 + 1e-6) / 100);
    case ProbeUnit::duration_ms: return spoken(Millis(std::llround(value)));
    case ProbeUnit::count: return fmt::format("{:.4g}", value);
  }
  return {};
}

std::vector<MessageKind> message_kinds() {
  constexpr std::uint16_t number_end = 1000;  // numbers come in blocks, with gaps
  std::vector<MessageKind> kinds;
  for (std::uint16_t number = 1; number < number_end; ++number) {
    if (const auto kind = static_cast<MessageKind>(number); !name_of(kind).empty()) {
      kinds.push_back(kind);
    }
  }
  return kinds;
}

}  // namespace hearth::drill
