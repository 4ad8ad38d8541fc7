#pragma once
// The commands of hearth-drill. Each returns the exit code: 0 held, 1 an objective or promise
// failed, 2 a bad drill or option. Results go to stdout, all else to stderr.

#include <cstdint>
#include <string>

namespace hearth::sim {

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 0;  ///< 0: as many as the drill says.
};

struct RunSettings {
  std::string drill;  ///< A name or a file.
  SeedRange seeds;
  std::string report;  ///< A folder; empty: none is written.
  bool check_determinism = false;
  bool json = false;
};

struct ReplaySettings {
  std::string drill;
  std::uint64_t seed = 1;
  std::string node;  ///< Only lines whose node or kind contains these.
  std::string kind;
};

struct ShrinkSettings {
  std::string drill;
  std::uint64_t seed = 1;
  std::size_t trials = 200;
};

[[nodiscard]] int list_drills(bool json);
[[nodiscard]] int run_drills(const RunSettings& settings);
[[nodiscard]] int replay_drill(const ReplaySettings& settings);
[[nodiscard]] int shrink_drill(const ShrinkSettings& settings);

}  // namespace hearth::sim
