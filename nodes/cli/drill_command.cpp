#include "nodes/cli/command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace hearth::cli {
namespace {

constexpr const char* program = "hearth-drill";

/// Becomes the simulator: the one beside this program, else the one on PATH. Returns only to say
/// why not.
Error become(std::vector<std::string> words) {
  words.insert(words.begin(), program);
  std::vector<char*> arguments;
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  std::error_code error;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = own.parent_path() / program;
  ::execv(beside.c_str(), arguments.data());
  if (errno == ENOENT) {
    ::execvp(program, arguments.data());
  }
  if (errno == ENOENT) {
    return {ErrorCode::not_found,
            fmt::format("{} is neither in {} nor on PATH: it comes with hearth and plays the "
                        "drills; install or build it there",
                        program, beside.parent_path().string())};
  }
  return {ErrorCode::not_readable, fmt::format("cannot run {}: {}", program, std::strerror(errno))};
}

}  // namespace

void add_drill_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("drill",
                                     "Rehearse disasters, on virtual time or a running cluster: "
                                     "list, run, replay, shrink, report, calibrate, swarm");
  // Whatever follows is for hearth-drill, its --help too.
  command->prefix_command();
  command->set_help_flag();
  command->callback([command, &invocation] {
    invocation.exit_code = report_failure(become(command->remaining()));
  });
}

}  // namespace hearth::cli
