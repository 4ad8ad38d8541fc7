// hearth: one program for every role and every command. README.md has the exit codes.

#include "nodes/cli/command.hpp"
#include "nodes/cli/version.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

int main(int argc, char** argv) {
  using namespace hearth;
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
