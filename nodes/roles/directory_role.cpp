#include "actors/roles/roles.hpp"
#include "nodes/roles/node_process.hpp"

namespace hearth::cli {

Result<void> run_directory(const DirectoryOptions& options, StopSignals& stop) {
  auto opened = NodeProcess::open(options.node, Role::directory, "directory", options.listen, stop);
  if (!opened) {
    return opened.error();
  }
  auto& process = *opened.value();
  const auto self = process.identity().id;
  const auto holder = options.forward_to.is_zero() ? self : options.forward_to;
  if (auto started =
          process.start({directory_actor(process.membership(), holder, process.clock())});
      !started) {
    return started;
  }
  return process.serve({});
}

}  // namespace hearth::cli
