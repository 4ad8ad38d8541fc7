#include "nodes/cli/trust/node_entry.hpp"

#include "nodes/cli/account/own_device.hpp"
#include "nodes/cli/role_settings.hpp"
#include "nodes/support/data_folder.hpp"
#include "nodes/support/endpoint_text.hpp"

#include <fmt/format.h>

namespace hearth::cli::trust {
namespace {

namespace fs = std::filesystem;

using Endpoints = std::vector<seal::Endpoint>;

/// Where this machine's configuration has the node listen.
struct Listening {
  std::string region;
  Endpoints control;
  Endpoints data;
};

Result<Listening> listening_of(const std::string& role) {
  const auto settings = load_settings(schema_of(role), sources_of(role));
  if (!settings) {
    return settings.error();
  }
  if (role == "directory") {
    const auto options = directory_options(settings.value());
    return options ? Result<Listening>({options.value().node.region, options.value().listen, {}})
                   : options.error();
  }
  const auto options = super_peer_options(settings.value());
  return options ? Result<Listening>({options.value().node.region, options.value().listen,
                                      options.value().data_listen})
                 : options.error();
}

/// `wished`, or what others can dial of `listening`.
Result<Endpoints> endpoints(const std::vector<std::string>& wished, const Endpoints& listening) {
  Endpoints found;
  for (const auto& text : wished) {
    const auto parsed = parse_endpoint(text);
    if (!parsed) {
      return parsed.error();
    }
    found.push_back(parsed.value());
  }
  if (wished.empty()) {
    for (const auto& each : listening) {
      found.push_back({is_wildcard(each.host) ? account::host_name() : each.host, each.port});
    }
  }
  return found;
}

Result<seal::Identity> keys_in(const fs::path& folder, const std::string& role) {
  auto identity = load_identity(folder / "identity");
  if (!identity && identity.error().code == ErrorCode::not_found) {
    return Error{ErrorCode::not_found,
                 fmt::format("{} has no keys: make them with `hearth node init {} --data {}`",
                             folder.string(), role, folder.string())};
  }
  return identity;
}

}  // namespace

Result<seal::ListedNode> entry_of(const fs::path& folder, const EntryWish& wish) {
  const auto role = role_of_folder(folder);
  if (!role) {
    return role.error();
  }
  if (role.value() != "directory" && role.value() != "super-peer") {
    return Error{ErrorCode::wrong_role,
                 fmt::format("{} is that of a {}: only directories and super-peers are listed, a "
                             "home or gateway comes in with --pair",
                             folder.string(), role.value())};
  }
  const auto identity = keys_in(folder, role.value());
  const auto listening = identity ? listening_of(role.value()) : identity.error();
  if (!listening) {
    return listening.error();
  }
  auto control = endpoints(wish.control, listening.value().control);
  auto data = control ? endpoints(wish.data, listening.value().data) : control;
  if (!data) {
    return data.error();
  }
  seal::ListedNode node;
  node.keys = identity.value().keys;
  node.role = role.value() == "directory" ? Role::directory : Role::super_peer;
  node.region = wish.region.empty() ? listening.value().region : wish.region;
  node.control = std::move(control.value());
  node.data = std::move(data.value());
  node.issues_tickets = node.role == Role::directory;
  if (const auto checked = seal::check_node_list({1, {}, {node}}); !checked) {
    return checked.error();
  }
  return node;
}

}  // namespace hearth::cli::trust
