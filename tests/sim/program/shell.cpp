#include "tests/sim/program/shell.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sys/wait.h>

namespace hearth::sim {

namespace fs = std::filesystem;

Shell::Shell() {
  auto name = (fs::temp_directory_path() / "hearth-drill-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
}

Shell::~Shell() {
  fs::remove_all(folder_);
}

Ran Shell::run(const std::string& command) const {
  const auto line = fmt::format(
      "cd '{}' && export HOME=\"$PWD\" XDG_DATA_HOME= PATH='{}':\"$PATH\" && ({}) >.out 2>.err "
      "</dev/null",
      folder_.string(), HEARTH_PROGRAMS, command);
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(".out"),
          read(".err")};
}

void Shell::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
}

std::string Shell::read(const std::string& name) const {
  std::ifstream stream(folder_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool Shell::has(const std::string& name) const {
  return fs::exists(folder_ / name);
}

std::string small_drill() {
  return R"(drill = "small"
says = "A super-peer dies and comes back."
tolerance = "within"

[topology]
regions = ["eu"]
super_peers_per_region = 2
homes = 2
clients = 2

[workload]
streams = { count = 1, rate_mbit = 1 }
browse_per_s = 2
commands_per_s = 1

[[steady_state]]
probe = "browse.success_ratio"
at_least = 0.5
window = "1s"

[[method]]
at = "12s"
fault = "process.kill"
nodes = ["eu/super-peer/1"]
for = "2s"

[objectives]
rto = "30s"
hold = "1s"
rpo_events = 0

[sim]
seeds = 2
duration = "30s"
)";
}

std::string impossible_drill() {
  auto text = small_drill();
  const auto replace = [&text](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("\"browse.success_ratio\"\nat_least = 0.5", "\"browse.p99\"\nat_most = \"1ms\"");
  replace("\"small\"", "\"impossible\"");
  return text;
}

}  // namespace hearth::sim
