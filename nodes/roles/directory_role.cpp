#include "actors/roles/roles.hpp"
#include "nodes/roles/node_process.hpp"

namespace hearth::cli {

Result<void> run_directory(const DirectoryOptions& options, StopSignals& stop) {
  auto opened = NodeProcess::open(options.node, Role::directory, "directory", options.listen, stop);
  if (!opened) {
    return opened.error();
  }
  auto& process = *opened.value();
  if (auto started = process.start(directory_actors(process.membership(), process.clock()));
      !started) {
    return started;
  }
  return process.serve({});
}

}  // namespace hearth::cli
