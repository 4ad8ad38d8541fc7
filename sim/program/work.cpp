// A worker's own part of worker.hpp.

#include "sim/drill/parser.hpp"
#include "sim/drill/profile.hpp"
#include "sim/program/transcript.hpp"
#include "sim/program/worker.hpp"
#include "sim/run/drill_run.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <limits>
#include <sys/resource.h>

namespace hearth::sim {
namespace {

/// More than any run of a drill needs: what takes longer runs in a circle.
constexpr rlim_t processor_seconds_max = 3600;

std::string all_of_stdin() {
  std::string text;
  char buffer[4096];
  for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
    text.append(buffer, count);
  }
  return text;
}

}  // namespace

int work(std::uint64_t seed, std::optional<std::uint64_t> lines_from) {
  const rlimit limit{processor_seconds_max, processor_seconds_max};
  ::setrlimit(RLIMIT_CPU, &limit);
  const auto order = all_of_stdin();
  const auto border = order.find('\0');
  const auto profile = drill::parse_profile(std::string_view(order).substr(0, border), "stdin");
  if (border == std::string::npos || !profile) {
    fmt::print(stderr, "hearth: stdin is not what this program gives its workers\n");
    return 2;
  }
  const auto parsed = drill::parse_drill(std::string_view(order).substr(border + 1), "stdin");
  if (!parsed.ok()) {
    fmt::print(stderr, "hearth: {}\n", parsed.problems.front());
    return 2;
  }
  std::vector<std::string> lines;
  const auto from = lines_from.value_or(std::numeric_limits<std::uint64_t>::max());
  const auto keep = [&lines, from](const Trace::Line& line) {
    if (line.number - from < Trace::mark_every) {
      lines.push_back(transcript_line(line));
    }
  };
  const auto run = run_drill(parsed.drill, seed, profile.value(), keep, from);
  fmt::print("{}\n{:x}\n", drill::to_json(run.outcome), fmt::join(run.trace_marks, " "));
  for (const auto& probe : run.outcome.covered) {
    fmt::print("{}\t", probe);
  }
  fmt::print("\n");
  for (const auto& line : lines) {
    fmt::print("{}\n", line);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace hearth::sim
