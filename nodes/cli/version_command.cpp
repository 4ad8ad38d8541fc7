#include "messages/base/limits.hpp"
#include "nodes/cli/command.hpp"
#include "nodes/cli/version.hpp"
#include "nodes/support/json_text.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <memory>
#include <string>

namespace hearth::cli {

void add_version_command(CLI::App& app, Invocation& /*invocation*/) {
  auto* command = app.add_subcommand("version", "Print the version");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json] {
    if (*json) {
      fmt::print("{}\n", json_object({{"version", json_text(version)},
                                      {"protocol", std::to_string(limits::protocol_version)},
                                      {"compiler", json_text(compiler)}}));
    } else {
      fmt::print("hearth {}\n", version);
    }
  });
}

}  // namespace hearth::cli
