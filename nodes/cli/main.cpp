// hearth: one program for every role and every command. README.md has the exit codes.

#include "nodes/cli/command.hpp"
#include "nodes/cli/version.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace hearth {
namespace {

int run(int argc, char** argv) {
  cli::Invocation invocation;
  CLI::App app("Hearth: your music, films and photos at home, from anywhere.", "hearth");
  app.require_subcommand(1);
  app.set_version_flag("--version", "hearth " + std::string(cli::version));
  cli::add_up_commands(app, invocation);
  cli::add_role_commands(app, invocation);
  cli::add_client_commands(app, invocation);
  cli::add_node_commands(app, invocation);
  cli::add_config_commands(app, invocation);
  cli::add_version_command(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  return invocation.exit_code;
}

/// What a library threw that nobody expected, as one line like any other failure.
int report_exception(std::string what) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  return report_failure({ErrorCode::disk_failed, std::move(what)});
}

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  using namespace hearth;
  int exit_code = static_cast<int>(ExitCode::failed);
  try {
    exit_code = run(argc, argv);
  } catch (const std::exception& error) {
    exit_code = report_exception(error.what());
  }
  if (!flush_stdout() && exit_code == static_cast<int>(ExitCode::ok)) {
    exit_code = report_failure({ErrorCode::disk_failed, "what was printed did not reach stdout"});
  }
  return exit_code;
}
