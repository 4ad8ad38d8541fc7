#include "sim/drill/course.hpp"

#include <algorithm>

namespace hearth::drill {
namespace {

constexpr std::int64_t parts = 120;

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5)];
}

std::size_t part_of(Millis at, Millis length) {
  const auto part = std::max<std::int64_t>(at.count(), 0) * parts / length.count();
  return static_cast<std::size_t>(std::min(part, parts - 1));
}

}  // namespace

const ProbeSeries* series_of(const RunOutcome& run, const std::string& probe) {
  const auto found = std::find_if(run.probes.begin(), run.probes.end(),
                                  [&probe](const auto& series) { return series.probe == probe; });
  return found == run.probes.end() ? nullptr : &*found;
}

std::vector<Spread> course_of(const std::vector<RunOutcome>& runs, const std::string& probe,
                              Millis length) {
  std::vector<std::vector<double>> values(parts);
  for (const auto& run : runs) {
    if (const auto* series = series_of(run, probe)) {
      for (const auto& sample : series->samples) {
        values[part_of(sample.at, length)].push_back(sample.value);
      }
    }
  }
  std::vector<Spread> course;
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& part = values[i];
    if (!part.empty()) {
      std::sort(part.begin(), part.end());
      const auto middle = length * (2 * static_cast<std::int64_t>(i) + 1) / (2 * parts);
      course.push_back({middle, part.front(), at_share(part, 0.05), at_share(part, 0.5),
                        at_share(part, 0.95), part.back()});
    }
  }
  return course;
}

}  // namespace hearth::drill
