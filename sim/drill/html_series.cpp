#include "sim/drill/html_charts.hpp"
#include "sim/drill/html_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

constexpr std::size_t buckets = 120;
constexpr double top = 4;  // Of a drawing 100 high: lines at the edge stay whole.
constexpr double bottom = 96;

const ProbeSeries* series_of(const RunOutcome& run, const std::string& probe) {
  const auto found = std::find_if(run.probes.begin(), run.probes.end(),
                                  [&probe](const auto& series) { return series.probe == probe; });
  return found == run.probes.end() ? nullptr : &*found;
}

/// All values of a probe by time, over the runs.
class Cloud final {
 public:
  Cloud(const Report& report, const std::string& probe) : values_(buckets) {
    for (const auto& run : report.input.runs) {
      length_ = std::max(length_, run.simulated);
    }
    length_ = std::max(length_, Millis{1});
    for (const auto& run : report.input.runs) {
      if (const auto* series = series_of(run, probe)) {
        for (const auto& sample : series->samples) {
          values_[bucket(sample.at)].push_back(sample.value);
        }
      }
    }
    for (auto& values : values_) {
      std::sort(values.begin(), values.end());
    }
  }

  [[nodiscard]] Millis length() const { return length_; }
  [[nodiscard]] const std::vector<std::vector<double>>& values() const { return values_; }

  [[nodiscard]] double x(Millis at) const {
    return std::clamp(static_cast<double>(at.count()) / static_cast<double>(length_.count()), 0.0,
                      1.0) *
           100;
  }

  [[nodiscard]] double low() const { return extreme(true); }
  [[nodiscard]] double high() const { return extreme(false); }

 private:
  [[nodiscard]] std::size_t bucket(Millis at) const {
    const auto index = std::max<std::int64_t>(at.count(), 0) * static_cast<std::int64_t>(buckets) /
                       length_.count();
    return std::min(static_cast<std::size_t>(index), buckets - 1);
  }

  [[nodiscard]] double extreme(bool least) const {
    std::optional<double> found;
    for (const auto& values : values_) {
      if (!values.empty()) {
        const auto value = least ? values.front() : values.back();
        found = !found ? value : least ? std::min(*found, value) : std::max(*found, value);
      }
    }
    return found.value_or(0);
  }

  Millis length_{0};
  std::vector<std::vector<double>> values_;
};

/// The height of a value.
struct Scale {
  double low = 0;
  double high = 1;

  [[nodiscard]] double y(double value) const {
    return bottom - std::clamp((value - low) / (high - low), 0.0, 1.0) * (bottom - top);
  }
};

Scale scale_of(const Cloud& cloud, const SteadyStateResult& result) {
  const auto low = std::min(cloud.low(), result.state.bound);
  const auto high = std::max(cloud.high(), result.state.bound);
  if (result.unit == ProbeUnit::ratio && result.state.side == Side::at_least) {
    return {std::max(low - std::max((1 - low) * 0.1, 0.002), 0.0), 1};
  }
  return {0, high > 0 ? high * 1.1 : 1};
}

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5)];
}

std::string points(const Cloud& cloud, const Scale& scale, double share, bool backwards) {
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < buckets; ++i) {
    if (const auto& values = cloud.values()[i]; !values.empty()) {
      const auto x = (static_cast<double>(i) + 0.5) / buckets * 100;
      pairs.push_back(fmt::format("{:.2f},{:.2f} ", x, scale.y(at_share(values, share))));
    }
  }
  if (backwards) {
    std::reverse(pairs.begin(), pairs.end());
  }
  std::string out;
  for (const auto& pair : pairs) {
    out += pair;
  }
  return out;
}

std::string worst_line(const Report& report, const Cloud& cloud, const Scale& scale,
                       const std::string& probe) {
  const auto* series = series_of(report.worst_run(), probe);
  std::string out;
  if (series != nullptr) {
    for (const auto& sample : series->samples) {
      out += fmt::format("{:.2f},{:.2f} ", cloud.x(sample.at), scale.y(sample.value));
    }
  }
  return out;
}

std::string shades(const Report& report, const Cloud& cloud) {
  std::string out;
  std::vector<std::pair<double, double>> drawn;
  for (const auto& band : report.worst_run().faults) {
    const auto from = cloud.x(band.begin);
    const auto to = std::max(cloud.x(band.end.value_or(cloud.length())), from + 0.3);
    const auto again = std::pair(from, to);
    if (std::find(drawn.begin(), drawn.end(), again) == drawn.end()) {  // Else it gets darker.
      drawn.push_back(again);
      out += fmt::format(R"(<rect class="shade" x="{:.2f}" y="0" width="{:.2f}" height="100"/>)",
                         from, to - from);
    }
  }
  return out;
}

std::string drawing(const Report& report, const Cloud& cloud, const Scale& scale,
                    const SteadyStateResult& result) {
  const auto bound = scale.y(result.state.bound);
  return fmt::format(
      R"({}<polygon class="range" points="{}{}"/><polyline class="odd" points="{}"/>)"
      R"(<polyline class="mid" points="{}"/>)"
      R"(<line class="goal-line" x1="0" x2="100" y1="{:.2f}" y2="{:.2f}"/>)",
      shades(report, cloud), points(cloud, scale, 0.95, false), points(cloud, scale, 0.05, true),
      worst_line(report, cloud, scale, result.state.probe), points(cloud, scale, 0.5, false), bound,
      bound);
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
  const Cloud cloud(report, result.state.probe);
  const auto scale = scale_of(cloud, result);
  return fmt::format(
      R"(<section class="card">{}<div class="plot low"><svg viewBox="0 0 100 100" )"
      R"(preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>)"
      R"(<span class="y top">{}</span><span class="y bottom">{}</span>{}</div></section>
)",
      heading(result), escaped(result.state.probe + " through the runs"),
      drawing(report, cloud, scale, result), shown(result.unit, scale.high),
      shown(result.unit, scale.low), time_axis(cloud.length()));
}

}  // namespace hearth::drill
