// Every command of docs/drills/README.md runs, as it stands there but for fewer seeds.

#include "tests/sim/program/shell.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <vector>

namespace hearth::sim {
namespace {

using testing::AnyOf;

std::string page() {
  std::ifstream stream(std::filesystem::path(HEARTH_SOURCE_DIR) / "docs/drills/README.md");
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Of the indented lines that begin with the program's name, without their remarks.
std::vector<std::string> commands_in(const std::string& text) {
  std::vector<std::string> commands;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("    hearth drill ")) {
      commands.push_back(line.substr(4, line.find(" #") - 4));
    }
  }
  return commands;
}

std::string with_few_runs(const std::string& command) {
  static const std::regex seeds(R"( --seeds \S+)");
  if (command.find(" run ") != std::string::npos || command.find(" swarm ") != std::string::npos) {
    return std::regex_replace(command, seeds, "") + " --seeds 1";
  }
  return command + (command.find(" shrink ") != std::string::npos ? " --trials 1" : "");
}

std::string example_in(const std::string& text) {
  const auto begin = text.find("```toml\n") + 8;
  return text.substr(begin, text.find("```", begin) - begin);
}

TEST(DrillDocs, ShowCommandsThatRun) {
  const Shell shell;
  shell.write("my.toml", example_in(page()));
  const auto commands = commands_in(page());
  EXPECT_GE(commands.size(), 12U);
  for (const auto& command : commands) {
    const auto ran = shell.run(with_few_runs(command));
    // A drill may fail, and one that holds cannot be shrunk: the command is right all the same.
    EXPECT_THAT(ran.exit_code, AnyOf(0, 1)) << command << '\n' << ran.err;
    EXPECT_FALSE(ran.out.empty() && ran.err.empty() && command.find("report") == std::string::npos)
        << command;
  }
  for (const auto* file : {"out/report.html", "out/report.json", "here.toml"}) {
    EXPECT_TRUE(shell.has(file)) << file;
  }
}

}  // namespace
}  // namespace hearth::sim
