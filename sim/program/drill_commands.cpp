#include "sim/program/drill_commands.hpp"

#include "sim/drill/catalogue.hpp"
#include "sim/drill/report.hpp"
#include "sim/program/inputs.hpp"
#include "sim/program/places.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace hearth::sim {

DrillExit list_drills(bool json) {
  const auto drills = drill::list_drills(drill_folders());
  if (json) {
    fmt::print("{}\n", drill::to_json(drills));
    return DrillExit::held;
  }
  for (const auto& each : drills) {
    fmt::print("{:<33} {:<7} {}\n", each.name,
               each.tolerance == drill::Tolerance::within ? "within" : "beyond",
               each.runnable ? each.says : fmt::format("(waits for {})", each.waits_for));
  }
  return DrillExit::held;
}

DrillExit make_page(const ReportSettings& settings) {
  const auto text = read_file(settings.file);
  if (!text) {
    return DrillExit::usage;
  }
  const auto report = drill::report_from_json(*text);
  if (!report) {
    say(fmt::format("{} is no report of a drill: {}", settings.file, report.error().detail));
    return DrillExit::usage;
  }
  const auto folder = settings.output.empty() ? std::filesystem::path(settings.file).parent_path()
                                              : std::filesystem::path(settings.output);
  return write_file(folder / "report.html", drill::to_html(report.value())) ? DrillExit::held
                                                                            : DrillExit::failed;
}

}  // namespace hearth::sim
