#include "sim/program/calibration.hpp"
#include "sim/program/drill_commands.hpp"
#include "sim/program/places.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace hearth::sim {

DrillExit calibrate(const CalibrateSettings& settings) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto file = fs::absolute(
      settings.output.empty() ? default_profile_file() : fs::path(settings.output), error);
  if (!can_write(file)) {
    return DrillExit::usage;
  }
  const auto profile = measure(file.parent_path());
  if (!profile) {
    say(profile.error().detail);
    return DrillExit::failed;
  }
  const auto text = drill::to_toml(profile.value());
  if (!write_file(file, text)) {
    return DrillExit::failed;
  }
  fmt::print("{}", text);
  say(fmt::format("written to {}; use it with: hearth drill run DRILL --profile {}", file.string(),
                  file.string()));
  return DrillExit::held;
}

}  // namespace hearth::sim
