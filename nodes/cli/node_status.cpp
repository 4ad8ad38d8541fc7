#include "nodes/cli/node_status.hpp"

#include "nodes/cli/ready_probe.hpp"
#include "nodes/support/data_folder.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"

#include <fmt/format.h>

namespace hearth::cli {

namespace {
constexpr std::size_t address_bytes_max = 512;
constexpr Millis probe_budget{2000};
}  // namespace

Result<NodeStatus> node_status(const std::filesystem::path& data) {
  const auto absolute = absolute_path(data);
  if (!absolute) {
    return absolute.error();
  }
  auto role = role_of_folder(data);
  if (!role) {
    return Error{role.error().code, role.error().code == ErrorCode::not_found
                                        ? fmt::format("no data folder: {}", data.string())
                                        : role.error().detail};
  }
  NodeStatus status;
  status.role = role.value();
  status.data = absolute.value().string();
  status.running = is_in_use(data);
  if (auto identity = load_identity(data / "identity")) {
    status.id = to_text(identity.value().id);
  } else if (identity.error().code != ErrorCode::not_found) {
    return identity.error();
  }
  auto address = read_file(data / "admin", address_bytes_max);
  if (!status.running || !address) {
    return status;
  }
  status.admin.assign(address.value().begin(), address.value().end());
  if (auto endpoint = parse_endpoint(status.admin)) {
    status.ready = is_ready(endpoint.value(), probe_budget);
  }
  return status;
}

std::string to_json(const NodeStatus& status) {
  return json_object({{"role", json_text(status.role)},
                      {"id", json_text_or_null(status.id)},
                      {"data", json_text(status.data)},
                      {"running", json_bool(status.running)},
                      {"ready", json_bool(status.ready)},
                      {"admin", json_text_or_null(status.admin)}});
}

std::string to_table(const NodeStatus& status) {
  const auto* state = !status.running ? "stopped" : status.ready ? "ready" : "starting";
  return fmt::format("role   {}\nid     {}\ndata   {}\nstate  {}\nadmin  {}\n", status.role,
                     status.id.empty() ? "none yet" : status.id, status.data, state,
                     status.admin.empty() ? "-" : status.admin);
}

}  // namespace hearth::cli
