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

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// CLI11 says only that a command is missing where it does not know the one that was given.
std::string problem_of(const CLI::App& app, const CLI::ParseError& error) {
  const auto* deepest = &app;
  while (!deepest->get_subcommands().empty()) {
    deepest = deepest->get_subcommands().front();
  }
  const auto rest = deepest->remaining();
  if (deepest->get_require_subcommand_min() == 0 || rest.empty()) {
    return in_one_line(error.what());
  }
  return (rest.front().starts_with('-') ? "no such option: " : "no such command: ") + rest.front();
}

int run(int argc, char** argv) {
  cli::Invocation invocation;
  CLI::App app("Hearth: your music, films and photos at home, from anywhere.", "hearth");
  app.require_subcommand(1);
  app.set_version_flag("--version", "hearth " + std::string(cli::version));
  cli::add_up_commands(app, invocation);
  cli::add_role_commands(app, invocation);
  cli::add_client_commands(app, invocation);
  cli::add_account_commands(app, invocation);
  cli::add_node_commands(app, invocation);
  cli::add_cluster_commands(app, invocation);
  cli::add_config_commands(app, invocation);
  cli::add_drill_command(app, invocation);
  cli::add_version_command(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      return app.exit(error);  // --help and --version
    }
    return report_failure({ErrorCode::value_invalid, problem_of(app, error) + "; see --help"});
  }
  return invocation.exit_code;
}

/// What a library threw that nobody expected, as one line like any other failure.
int report_exception(const char* what) {
  return report_failure({ErrorCode::disk_failed, in_one_line(what)});
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
