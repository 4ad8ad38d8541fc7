#include "nodes/cli/up/cluster_plan.hpp"

#include "nodes/cli/trust/list_signing.hpp"
#include "nodes/cli/up/port_book.hpp"
#include "nodes/network/host.hpp"
#include "nodes/roles/roles.hpp"
#include "nodes/support/cluster_file.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/node_list_file.hpp"
#include "nodes/support/token_file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::cli::up {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view loopback = "127.0.0.1";
constexpr std::string_view home_name = "Demo home";

/// Gathers the plan; the first error ends it.
class Planner {
 public:
  Planner(const Options& options, const DataFolder& folder, PortBook& book)
      : options_(options), folder_(folder), book_(book) {}

  Result<void> add_directory(const std::string& region);
  Result<void> add_super_peer(const std::string& region);
  Result<void> add_home();
  Result<void> add_gateway();

  [[nodiscard]] ClusterPlan& plan() { return plan_; }
  [[nodiscard]] std::vector<seal::ListedNode>& nodes() { return nodes_; }

 private:
  struct Started {
    ProcessPlan plan;
    seal::Identity identity;
    std::string address;
  };
  [[nodiscard]] std::string next_address();
  Result<Started> begin(const std::string& role, const std::string& region);
  Result<seal::Endpoint> listen(Started& started, const std::string& purpose,
                                const std::string& flag);

  const Options& options_;
  const DataFolder& folder_;
  PortBook& book_;
  ClusterPlan plan_;
  std::vector<seal::ListedNode> nodes_;
  std::size_t hosts_ = 0;  ///< Of the emulated network, this machine left out.
};

/// Host n + 1 of the emulated network is the n-th process.
std::string Planner::next_address() {
  return options_.subnet ? network::address_of(*options_.subnet, ++hosts_) : std::string(loopback);
}

Result<Planner::Started> Planner::begin(const std::string& role, const std::string& region) {
  Started started;
  started.plan.role = role;
  started.plan.region = region;
  started.plan.name = region.empty() ? role : fmt::format("{}-{}", role, region);
  started.plan.data = folder_.path() / started.plan.name;
  auto identity = init_node_folder(started.plan.data, role);
  if (!identity) {
    return identity.error();
  }
  started.identity = identity.value();
  started.address = next_address();
  auto admin = book_.choose(started.plan.name, "admin");
  if (!admin) {
    return admin.error();
  }
  started.plan.arguments = {role,          "--isolated",
                            "--data",      started.plan.data.string(),
                            "--admin",     fmt::format("{}:{}", started.address, admin.value()),
                            "--cluster",   (folder_.path() / "cluster.toml").string(),
                            "--node-list", (folder_.path() / "node_list").string(),
                            "--log-level", options_.log_level};
  if (!region.empty()) {
    started.plan.arguments.insert(started.plan.arguments.end(), {"--region", region});
  }
  return started;
}

/// Returns where others find it, which may be another place than where it listens.
Result<seal::Endpoint> Planner::listen(Started& started, const std::string& purpose,
                                       const std::string& flag) {
  auto port = book_.choose(started.plan.name, purpose);
  if (!port) {
    return port.error();
  }
  auto& arguments = started.plan.arguments;
  arguments.insert(arguments.end(), {flag, fmt::format("{}:{}", started.address, port.value())});
  return seal::Endpoint{started.address,
                        book_.advertised(started.plan.name, purpose, port.value())};
}

Result<void> Planner::add_directory(const std::string& region) {
  auto started = begin("directory", region);
  if (!started) {
    return started.error();
  }
  auto control = listen(started.value(), "control", "--listen");
  if (!control) {
    return control.error();
  }
  seal::ListedNode node;
  node.keys = started.value().identity.keys;
  node.role = Role::directory;
  node.region = region;
  node.control = {control.value()};
  node.issues_tickets = true;
  nodes_.push_back(node);
  plan_.service.push_back(std::move(started.value().plan));
  return {};
}

Result<void> Planner::add_super_peer(const std::string& region) {
  auto started = begin("super-peer", region);
  if (!started) {
    return started.error();
  }
  auto control = listen(started.value(), "control", "--listen");
  auto data = control ? listen(started.value(), "data", "--data-listen") : control;
  if (!data) {
    return data.error();
  }
  seal::ListedNode node;
  node.keys = started.value().identity.keys;
  node.role = Role::super_peer;
  node.region = region;
  node.control = {control.value()};
  node.data = {data.value()};
  nodes_.push_back(node);
  plan_.service.push_back(std::move(started.value().plan));
  return {};
}

Result<void> Planner::add_home() {
  auto started = begin("home", "");
  if (!started) {
    return started.error();
  }
  auto& arguments = started.value().plan.arguments;
  arguments.insert(arguments.end(), {"--name", std::string(home_name)});
  for (const auto& folder : options_.media) {
    arguments.insert(arguments.end(), {"--media", folder.string()});
  }
  plan_.household.push_back(std::move(started.value().plan));
  return {};
}

Result<void> Planner::add_gateway() {
  auto started = begin("gateway", "");
  if (!started) {
    return started.error();
  }
  plan_.http = options_.http;
  if (plan_.http.port == 0) {  // Chosen here, because others must know it before the gateway runs.
    auto port = book_.choose(started.value().plan.name, "http");
    if (!port) {
      return port.error();
    }
    plan_.http.port = port.value();
  }
  if (options_.subnet) {
    plan_.http.host = started.value().address;
  }
  auto& arguments = started.value().plan.arguments;
  arguments.insert(arguments.end(), {"--http", to_text(plan_.http), "--token-file",
                                     (folder_.path() / "token").string()});
  plan_.household.push_back(std::move(started.value().plan));
  return {};
}

/// The regions of the first start founded the accounts. Some may stay away, a majority may not;
/// others come after them, and their directories wait until an operator adds them.
Result<std::vector<std::string>> regions_in_order(const Options& options, PortBook& book) {
  if (book.replicas.empty()) {
    book.replicas = options.regions;
  }
  const auto has = [](const std::vector<std::string>& regions, const std::string& region) {
    return std::find(regions.begin(), regions.end(), region) != regions.end();
  };
  std::vector<std::string> regions;
  std::copy_if(book.replicas.begin(), book.replicas.end(), std::back_inserter(regions),
               [&](const auto& region) { return has(options.regions, region); });
  if (regions.size() <= book.replicas.size() / 2) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("the accounts in {} began in {}: a majority of these must be in "
                             "--regions",
                             options.data.string(), fmt::join(book.replicas, ", "))};
  }
  std::copy_if(options.regions.begin(), options.regions.end(), std::back_inserter(regions),
               [&](const auto& region) { return !has(book.replicas, region); });
  return regions;
}

Result<void> add_processes(Planner& planner, const std::vector<std::string>& regions) {
  for (const auto& region : regions) {
    if (auto added = planner.add_directory(region); !added) {
      return added;
    }
  }
  for (const auto& region : regions) {
    if (auto added = planner.add_super_peer(region); !added) {
      return added;
    }
  }
  if (auto added = planner.add_home(); !added) {
    return added;
  }
  return planner.add_gateway();
}

Result<void> sign_and_save(const DataFolder& folder, std::vector<seal::ListedNode> nodes,
                           PortBook& book, WallTime now) {
  const auto cluster = folder.path() / trust::cluster_file;
  if (!is_there(cluster)) {
    if (auto made = trust::make_trust_root(folder.path(), "demo", Cluster{}.groups); !made) {
      return made.error();
    }
  }
  for (const auto* file : {"owner.key", "recovery.key"}) {
    if (auto keys = load_or_create_identity(folder.path() / file); !keys) {
      return keys.error();
    }
  }
  if (auto saved = book.save(folder.path() / "ports.toml"); !saved) {
    return saved;
  }
  const auto done = trust::sign_nodes(
      {cluster, folder.path() / trust::root_files.front(), folder.path() / "node_list"},
      std::move(nodes), now);
  return done ? Result<void>() : done.error();
}

}  // namespace

Result<ClusterPlan> prepare_cluster(const Options& options, const DataFolder& folder,
                                    WallTime now) {
  auto book = PortBook::load(folder.path() / "ports.toml");
  if (!book) {
    return book.error();
  }
  auto regions = regions_in_order(options, book.value());
  if (!regions) {
    return regions.error();
  }
  Planner planner(options, folder, book.value());
  if (auto added = add_processes(planner, regions.value()); !added) {
    return added.error();
  }
  if (auto saved = sign_and_save(folder, std::move(planner.nodes()), book.value(), now); !saved) {
    return saved.error();
  }
  auto token = load_or_create_token(folder.path() / "token");
  if (!token) {
    return token.error();
  }
  planner.plan().token = token.value().text;
  return std::move(planner.plan());
}

Result<EnrolmentPlan> plan_enrolment(const fs::path& data, WallTime now) {
  auto cluster = load_cluster(data / "cluster.toml");
  auto signed_list =
      cluster ? load_current_node_list(data / "node_list", cluster.value(), now) : cluster.error();
  auto owner = load_identity(data / "owner.key");
  auto recovery = load_identity(data / "recovery.key");
  auto home = load_identity(data / "home" / "identity");
  auto gateway = load_identity(data / "gateway" / "identity");
  for (const auto* keys : {&owner, &recovery, &home, &gateway}) {
    if (!*keys) {
      return keys->error();
    }
  }
  if (!signed_list) {
    return signed_list.error();
  }
  EnrolmentPlan plan;
  plan.node_list = std::move(signed_list.value().list);
  plan.household.account = "demo";
  plan.household.owner_name = "Owner";
  plan.household.owner = owner.value();
  plan.household.recovery = recovery.value().keys.signing;
  plan.household.devices = {
      {home.value().keys, directory::DeviceKind::home, std::string(home_name)},
      {gateway.value().keys, directory::DeviceKind::gateway, "Gateway"}};
  return plan;
}

}  // namespace hearth::cli::up
