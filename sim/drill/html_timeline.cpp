#include "sim/drill/html_charts.hpp"
#include "sim/drill/html_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::drill {
namespace {

/// Places times on a track.
struct Track {
  Millis length;

  [[nodiscard]] std::string bar(Millis begin, Millis end, std::string_view style,
                                std::string_view title) const {
    const auto total = static_cast<double>(std::max<std::int64_t>(length.count(), 1));
    const auto left = static_cast<double>(begin.count()) / total * 100;
    const auto wide = static_cast<double>((end - begin).count()) / total * 100;
    return fmt::format(R"(<i class="{}" style="left:{:.2f}%;width:{:.2f}%" title="{}"></i>)", style,
                       std::clamp(left, 0.0, 99.6), std::clamp(wide, 0.0, 100.0), escaped(title));
  }
};

std::string lane(std::string_view name, const std::string& bars) {
  return fmt::format(
      R"(<div class="lane"><div class="name">{}</div><div class="track">{}</div></div>
)",
      name, bars);
}

/// A lane for each label: rounds of a flapping fault share one.
std::string fault_lanes(const RunOutcome& run, const Track& track) {
  std::vector<std::pair<std::string, std::string>> lanes;
  for (const auto& band : run.faults) {
    auto found = std::find_if(lanes.begin(), lanes.end(),
                              [&band](const auto& one) { return one.first == band.label; });
    if (found == lanes.end()) {
      found = lanes.insert(lanes.end(), {band.label, {}});
    }
    const auto end = band.end.value_or(track.length);
    found->second += track.bar(band.begin, end, "fault",
                               fmt::format("{} to {}", spoken(band.begin), spoken(end)));
  }
  std::string out;
  for (const auto& [label, bars] : lanes) {
    const auto space = label.find(' ');
    out += lane(
        fmt::format("<b>{}</b>{}", escaped(label.substr(0, space)),
                    space == std::string::npos ? std::string{}
                                               : fmt::format(R"( <span class="soft">{}</span>)",
                                                             escaped(label.substr(space + 1)))),
        bars);
  }
  return out;
}

std::string phase_lane(const RunOutcome& run, const Track& track) {
  std::string bars;
  std::string keys = R"(<ul class="keys">)";
  for (const auto& span : run.phases) {
    const auto name = name_of(span.phase);
    const auto took = spoken(span.end - span.begin);
    bars += track.bar(span.begin, span.end, name, fmt::format("{}: {}", name, took));
    keys += fmt::format(R"(<li class="k{}">{} <b>{}</b></li>)", name, name, took);
  }
  if (bars.empty()) {
    return {};
  }
  return lane("<b>what the system did</b>", bars) +
         fmt::format(R"(<div class="lane phases"><div></div>{}</ul></div>
)",
                     keys);
}

std::string recovery_lane(const RunOutcome& run, const Track& track) {
  if (run.faults.empty()) {
    return {};
  }
  const auto begin = run.faults.front().begin;
  const auto end = run.rto ? begin + *run.rto : track.length;
  const auto name =
      run.rto ? fmt::format("<b>recovery</b> <span class=\"soft\">{}</span>", spoken(*run.rto))
              : std::string("<b>recovery</b> <span class=\"soft\">never</span>");
  return lane(name, track.bar(begin, end, "rto", "until every probe held again"));
}

}  // namespace

std::string timeline(const RunOutcome& run) {
  const Track track{run.simulated};
  return fmt::format(R"(<section class="card">{}{}{}<div class="lane"><div></div>{}</div></section>
)",
                     fault_lanes(run, track), phase_lane(run, track), recovery_lane(run, track),
                     time_axis(run.simulated));
}

}  // namespace hearth::drill
