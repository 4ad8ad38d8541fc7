#include "actors/replication/replicas.hpp"
#include "actors/roles/roles.hpp"
#include "nodes/roles/node_process.hpp"
#include "nodes/roles/operator_socket.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/logging.hpp"
#include "nodes/support/runtime_socket.hpp"

#include <cstdlib>
#include <memory>

namespace hearth::cli {

namespace {

/// Where `hearth cluster` of this user finds the directory. It has --data, too: we do without.
std::unique_ptr<RuntimeSocket> open_door(const NodeProcess& process) {
  const auto* runtime = std::getenv("XDG_RUNTIME_DIR");
  const auto text =
      json_object({{"role", json_text("directory")},
                   {"cluster", json_text(to_text(process.root_key()))},
                   {"operator", json_text((process.data() / OperatorSocket::name).string())}});
  auto door =
      text.size() > RuntimeSocket::text_bytes_max
          ? Error{ErrorCode::value_invalid, "its folder's name is too long"}
          : RuntimeSocket::serve(runtime_folder(runtime == nullptr ? "" : runtime),
                                 "directory-" + to_text(process.identity().id).substr(0, 16), text);
  if (!door) {
    logs::warning("directory.hidden", "`hearth cluster` needs --data to find this directory",
                  {{"why", door.error().detail}});
    return nullptr;
  }
  return std::move(door.value());
}

/// What is wrong with the log of a directory, and how it comes back: never under the same id.
Error with_way_back(const Error& error, const DirectoryOptions& options) {
  const auto& data = options.node.data;
  // A folder is made with its log first, and then the keys.
  const bool is_gone = error.code == ErrorCode::not_found && is_there(data / "identity") &&
                       !is_there(data / "log" / "acked");
  if (!is_gone && error.code != ErrorCode::log_lost && error.code != ErrorCode::log_corrupt) {
    return error;
  }
  return {is_gone ? ErrorCode::log_lost : error.code,
          data.string() +
              " has lost what this directory promised, so it must not "
              "vote under its old id (" +
              (is_gone ? "its keys are there, and its log is not" : error.detail) +
              "): make a new one with `hearth node init directory --data FOLDER`, sign it into the "
              "node list, and let it take this one's place with `hearth cluster member replace`"};
}

}  // namespace

Result<void> run_directory(const DirectoryOptions& options, StopSignals& stop) {
  auto opened = NodeProcess::open(options.node, Role::directory, "directory", options.listen, stop);
  if (!opened) {
    return with_way_back(opened.error(), options);
  }
  auto& process = *opened.value();
  ActorInput<replication::OperatorInput> input;
  auto listening = OperatorSocket::serve(
      process.data(),
      [&input](replication::OperatorRequest order) { input.post(std::move(order)); });
  if (!listening) {
    return listening.error();
  }
  auto& socket = *listening.value();
  auto served = process.start(directory_actors(
      process.membership(), process.clock(),
      {[&socket](replication::OperatorReply reply) { socket.answer(std::move(reply)); },
       input.spawned()}));
  if (served) {
    const auto door = open_door(process);
    served = process.serve({});
  }
  process.stop();
  return served ? served : Result<void>(with_way_back(served.error(), options));
}

}  // namespace hearth::cli
