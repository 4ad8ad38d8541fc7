#include "sim/drill/html_charts.hpp"
#include "sim/drill/html_text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

constexpr std::size_t bars_max = 32;
constexpr double height = 100;  // Of the drawing; the style sheet stretches it.

/// The part of the number line that is drawn.
struct Range {
  double low = 0;
  double high = 1;

  [[nodiscard]] double percent(double value) const { return (value - low) / (high - low) * 100; }
};

Range range_of(const ObjectiveResult& result) {
  const auto& values = result.predicted.values();
  auto low = values.empty() ? 0 : std::min(values.front(), values.back());
  auto high = values.empty() ? 1 : std::max(values.front(), values.back());
  if (result.objective) {
    low = std::min(low, *result.objective);
    high = std::max(high, *result.objective);
  }
  if (result.unit == ProbeUnit::ratio) {
    const auto margin = std::max((1 - low) * 0.15, 0.0005);
    return {std::max(low - margin, 0.0), 1};
  }
  if (result.unit == ProbeUnit::count) {  // Whole numbers, each in the middle of its bar.
    return {-0.5, std::max(high, 1.0) + 0.5};
  }
  return {0, std::max(high * 1.08, 1.0)};
}

bool is_over(const ObjectiveResult& result, double value) {
  return result.objective &&
         (result.side == Side::at_most ? value > *result.objective : value < *result.objective);
}

/// One bar a whole number, where there are few of them.
std::size_t bars_of(const ObjectiveResult& result, const Range& range) {
  return result.unit == ProbeUnit::count
             ? std::min(bars_max, static_cast<std::size_t>(range.high - range.low))
             : bars_max;
}

std::string bars(const ObjectiveResult& result, const Range& range) {
  const auto count = bars_of(result, range);
  std::vector<std::size_t> runs(count, 0);
  std::vector<bool> over(count, false);
  for (const auto value : result.predicted.values()) {
    const auto at = range.percent(value) / 100 * static_cast<double>(count);
    const auto bar = std::min(count - 1, static_cast<std::size_t>(std::max(at, 0.0)));
    ++runs[bar];
    over[bar] = over[bar] || is_over(result, value);
  }
  const auto most = std::max<std::size_t>(*std::max_element(runs.begin(), runs.end()), 1);
  const auto width = 100 / static_cast<double>(count);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (runs[i] > 0) {
      const auto tall =
          std::max(static_cast<double>(runs[i]) / static_cast<double>(most) * 80, 2.0);
      out += fmt::format(
          R"(<rect class="bar{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>)",
          over[i] ? " over" : "", static_cast<double>(i) * width + width * 0.06, height - tall,
          width * 0.88, tall);
    }
  }
  return out;
}

struct Mark {
  double percent = 0;
  std::string_view name;
  std::string_view style;
};

constexpr Mark marks[] = {
    {50, "P50", "k50"}, {95, "P95", "k95"}, {99, "P99", "k99"}, {100, "worst", "kmax"}};

std::string line(double x, std::string_view style, double top) {
  return fmt::format(R"(<line class="{}" x1="{:.2f}" x2="{:.2f}" y1="{:.1f}" y2="{}"/>)", style, x,
                     x, top, height);
}

/// Where the line of the objective is: of counts, behind the last one that is allowed.
double goal_of(const ObjectiveResult& result) {
  return *result.objective + (result.unit == ProbeUnit::count ? 0.5 : 0);
}

std::string drawing(const ObjectiveResult& result, const Range& range) {
  auto out = bars(result, range);
  for (const auto& mark : marks) {
    if (const auto value = result.predicted.percentile(mark.percent)) {
      out += line(range.percent(*value), fmt::format("mark {}", mark.style), 22);
    }
  }
  if (result.objective) {
    out += line(range.percent(goal_of(result)), "goal-line", 0);
  }
  return out;
}

std::string goal_label(const ObjectiveResult& result, const Range& range) {
  if (!result.objective) {
    return {};
  }
  const auto x = range.percent(goal_of(result));
  return fmt::format(R"(<span class="goal {}" style="left:{:.2f}%">objective {}</span>)",
                     x > 55 ? "left" : "right", x, shown(result.unit, result.objective));
}

std::string keys(const ObjectiveResult& result) {
  std::string out = R"(<ul class="keys">)";
  for (const auto& mark : marks) {
    out += fmt::format(R"(<li class="{}">{} <b>{}</b></li>)", mark.style, mark.name,
                       shown(result.unit, result.predicted.percentile(mark.percent), "never"));
  }
  if (result.predicted.never() > 0) {
    out += fmt::format(R"(<li class="kmax">never <b>{} runs</b></li>)", result.predicted.never());
  }
  return out + "</ul>";
}

/// Each whole number below its bar, as long as there is room.
std::string axis(const ObjectiveResult& result, const Range& range) {
  const auto last = static_cast<int>(range.high);
  if (result.unit == ProbeUnit::count && last <= 12) {
    std::string out = R"(<div class="axis even">)";
    for (int i = 0; i <= last; ++i) {
      out += fmt::format("<span>{}</span>", i);
    }
    return out + "</div>";
  }
  const auto low = std::max(range.low, 0.0);
  return fmt::format(R"(<div class="axis"><span>{}</span><span>{}</span><span>{}</span></div>)",
                     low == 0 ? "0" : shown(result.unit, low),
                     shown(result.unit, (low + range.high) / 2), shown(result.unit, range.high));
}

}  // namespace

std::string histogram(const ObjectiveResult& result) {
  const auto range = range_of(result);
  const auto verdict =
      !result.objective
          ? std::string(R"(<span class="pill plain">not judged</span>)")
          : pill(result.failed_runs == 0,
                 result.failed_runs == 0 ? std::string("held")
                                         : fmt::format("{} of {} runs fail", result.failed_runs,
                                                       result.predicted.runs()));
  return fmt::format(
      R"(<section class="card"><div class="head"><h3>{}</h3>{}</div>
<div class="plot">{}<svg viewBox="0 0 100 {}" preserveAspectRatio="none" role="img"
 aria-label="{}">{}</svg></div>
{}{}</section>
)",
      escaped(result.says), verdict, goal_label(result, range), height,
      escaped(result.says + ", histogram over the runs"), drawing(result, range),
      axis(result, range), keys(result));
}

}  // namespace hearth::drill
