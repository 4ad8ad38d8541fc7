#include "actors/directory/directory_machine.hpp"
#include "actors/directory/forward_machine.hpp"
#include "nodes/roles/node_process.hpp"

namespace hearth::cli {

namespace {

template <class M>
Result<void> run(NodeProcess& process, std::shared_ptr<M> machine) {
  const auto no_command = [](std::monostate) {};
  const auto no_input = [](const caf::actor&) {};
  if (auto started = process.start({node_actor<M>(std::move(machine), no_command, no_input)});
      !started) {
    return started;
  }
  return process.serve({});
}

}  // namespace

Result<void> run_directory(const DirectoryOptions& options, StopSignals& stop) {
  auto opened = NodeProcess::open(options.node, Role::directory, "directory", options.listen, stop);
  if (!opened) {
    return opened.error();
  }
  auto& process = *opened.value();
  if (options.forward_to.is_zero() || options.forward_to == process.identity().id) {
    return run(process,
               std::make_shared<directory::DirectoryMachine>(process.identity(), process.clock()));
  }
  return run(process, std::make_shared<directory::ForwardMachine>(process.identity().id,
                                                                  options.forward_to));
}

}  // namespace hearth::cli
