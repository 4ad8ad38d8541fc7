#include "sim/drill/course.hpp"
#include "sim/drill/html_charts.hpp"
#include "sim/drill/html_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

constexpr double top = 4;  // Of a drawing 100 high: lines at the edge stay whole.
constexpr double bottom = 96;

double x_of(Millis at, Millis length) {
  return std::clamp(static_cast<double>(at.count()) / static_cast<double>(length.count()), 0.0,
                    1.0) *
         100;
}

/// The height of a value.
struct Scale {
  double low = 0;
  double high = 1;

  [[nodiscard]] double y(double value) const {
    return bottom - std::clamp((value - low) / (high - low), 0.0, 1.0) * (bottom - top);
  }
};

Scale scale_of(const SteadyStateResult& result) {
  auto low = result.state.bound;
  auto high = result.state.bound;
  for (const auto& spread : result.course) {
    low = std::min(low, spread.least);
    high = std::max(high, spread.most);
  }
  if (result.unit == ProbeUnit::ratio && result.state.side == Side::at_least) {
    return {std::max(low - std::max((1 - low) * 0.1, 0.002), 0.0), 1};
  }
  return {0, high > 0 ? high * 1.1 : 1};
}

std::string points(const Report& report, const SteadyStateResult& result, const Scale& scale,
                   double Spread::*value) {
  std::string out;
  for (const auto& spread : result.course) {
    out += fmt::format("{:.2f},{:.2f} ", x_of(spread.at, report.length()), scale.y(spread.*value));
  }
  return out;
}

/// From P95 on the way there to P5 on the way back.
std::string outline(const Report& report, const SteadyStateResult& result, const Scale& scale) {
  auto back = result;
  std::reverse(back.course.begin(), back.course.end());
  return points(report, result, scale, &Spread::high) + points(report, back, scale, &Spread::low);
}

std::string worst_line(const Report& report, const Scale& scale, const std::string& probe) {
  const auto* series = series_of(report.worst_run(), probe);
  std::string out;
  if (series != nullptr) {
    for (const auto& sample : series->samples) {
      out += fmt::format("{:.2f},{:.2f} ", x_of(sample.at, report.length()), scale.y(sample.value));
    }
  }
  return out;
}

std::string shades(const Report& report) {
  const auto length = report.length();
  std::string out;
  std::vector<std::pair<double, double>> drawn;
  for (const auto& band : report.worst_run().faults) {
    const auto from = x_of(band.begin, length);
    const auto to = std::max(x_of(band.end.value_or(length), length), from + 0.3);
    const auto again = std::pair(from, to);
    if (std::find(drawn.begin(), drawn.end(), again) == drawn.end()) {  // Else it gets darker.
      drawn.push_back(again);
      out += fmt::format(R"(<rect class="shade" x="{:.2f}" y="0" width="{:.2f}" height="100"/>)",
                         from, to - from);
    }
  }
  return out;
}

std::string drawing(const Report& report, const Scale& scale, const SteadyStateResult& result) {
  const auto bound = scale.y(result.state.bound);
  return fmt::format(R"({}<polygon class="range" points="{}"/><polyline class="odd" points="{}"/>)"
                     R"(<polyline class="mid" points="{}"/>)"
                     R"(<line class="goal-line" x1="0" x2="100" y1="{:.2f}" y2="{:.2f}"/>)",
                     shades(report), outline(report, result, scale),
                     worst_line(report, scale, result.state.probe),
                     points(report, result, scale, &Spread::median), bound, bound);
}

std::string part(std::string_view name, const SteadyStateResult& result,
                 std::optional<double> value) {
  const bool out = value && !result.state.holds(*value);
  return fmt::format(R"(<div><dt>{}</dt><dd{}>{}</dd></div>)", name, out ? R"( class="out")" : "",
                     shown(result.unit, value));
}

std::string heading(const SteadyStateResult& result) {
  const auto* probe = find_probe(result.state.probe);
  return fmt::format(
      R"(<div class="head"><div><h3>{}</h3><span class="soft">{}; {} {}</span></div>)"
      R"(<dl class="parts">{}{}{}</dl></div>)",
      escaped(result.state.probe), escaped(probe == nullptr ? "" : probe->says),
      result.state.side == Side::at_least ? "at least" : "at most",
      shown(result.unit, result.state.bound), part("before", result, result.before),
      part("during", result, result.during), part("after", result, result.after));
}

}  // namespace

std::string series_chart(const Report& report, const SteadyStateResult& result) {
  const auto scale = scale_of(result);
  return fmt::format(
      R"(<section class="card">{}<div class="plot low"><svg viewBox="0 0 100 100" )"
      R"(preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>)"
      R"(<span class="y top">{}</span><span class="y bottom">{}</span>{}</div></section>
)",
      heading(result), escaped(result.state.probe + " through the runs"),
      drawing(report, scale, result), shown(result.unit, scale.high), shown(result.unit, scale.low),
      time_axis(report.length()));
}

}  // namespace hearth::drill
