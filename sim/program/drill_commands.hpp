#pragma once
// The commands of hearth-drill. Each returns the exit code. Results go to stdout, all else to
// stderr. A drill is a name of the list or a file; `profile` a file, or empty for the built-in
// service times.

#include <cstddef>
#include <cstdint>
#include <string>

namespace hearth::sim {

/// What the process tells its caller: docs/drills/README.md.
enum class DrillExit : int {
  held = 0,
  failed = 1,  ///< An objective or a promise; or the disk, or the machine.
  usage = 2,   ///< A wrong drill, file or option.
  interrupted = 130,
};

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 0;  ///< 0: as many as the drill says.
};

struct RunSettings {
  std::string drill;
  std::string profile;
  SeedRange seeds;
  std::size_t jobs = 2;  ///< Processes at a time.
  std::string report;    ///< A folder; empty: none is written.
  bool check_determinism = false;
  bool json = false;
  std::string on;    ///< The data folder of a `hearth up --drills`; empty: no live run.
  bool yes = false;  ///< Approved beforehand.
};

struct SwarmSettings {
  SeedRange seeds{1, 1'000'000};
  std::size_t jobs = 2;
  std::uint64_t seconds = 0;  ///< No seed begins after so much real time; 0: all do.
  bool json = false;
};

struct ReplaySettings {
  std::string drill;
  std::string profile;
  std::uint64_t seed = 1;
  std::string node;  ///< Whole parts of a node's name, such as "eu", "home", "home/3"; empty: all.
  std::string kind;  ///< Only events whose kind contains this.
};

struct ShrinkSettings {
  std::string drill;
  std::string profile;
  std::uint64_t seed = 1;
  std::size_t trials = 200;  ///< Runs at most.
  std::string output;        ///< A file; empty: stdout.
};

struct ReportSettings {
  std::string file;    ///< A report.json.
  std::string output;  ///< A folder; empty: that of `file`.
};

struct CalibrateSettings {
  std::string output;  ///< Empty: `default_profile_file`.
};

[[nodiscard]] DrillExit list_drills(bool json);
[[nodiscard]] DrillExit run_drills(const RunSettings& settings);
[[nodiscard]] DrillExit run_swarm(const SwarmSettings& settings);
[[nodiscard]] DrillExit replay_drill(const ReplaySettings& settings);
[[nodiscard]] DrillExit shrink_drill(const ShrinkSettings& settings);
[[nodiscard]] DrillExit make_page(const ReportSettings& settings);
[[nodiscard]] DrillExit calibrate(const CalibrateSettings& settings);

}  // namespace hearth::sim
