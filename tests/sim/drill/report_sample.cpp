// Writes the two pages that people look at when the report changes:
//   drill_report_sample FOLDER

#include "sim/drill/catalogue.hpp"
#include "tests/sim/drill/made_up_runs.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

int main(int argc, char** argv) {
  using namespace hearth::drill;
  namespace fs = std::filesystem;
  const fs::path folder = argc > 1 ? argv[1] : ".";
  const fs::path drills[] = {fs::path(HEARTH_SOURCE_DIR) / "sim/drills"};
  for (const auto& [name, how] : {std::pair{"region-loss-hard", MadeUp::some_failed},
                                  {"home-isp-flap", MadeUp::all_held},
                                  {"wan-brownout", MadeUp::all_held}}) {
    const auto drill = load_drill(name, drills);
    if (!drill) {
      std::fprintf(stderr, "%s\n", drill.error().detail.c_str());
      return 1;
    }
    const auto report = make_report(made_up_runs(drill.value(), 200, how));
    std::ofstream(folder / (std::string(name) + ".html")) << to_html(report);
    std::ofstream(folder / (std::string(name) + ".json")) << to_json(report);
  }
  return 0;
}
