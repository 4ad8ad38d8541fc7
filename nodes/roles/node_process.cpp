#include "nodes/roles/node_process.hpp"

#include "actors/link/link_messages.hpp"
#include "messages/seal/random.hpp"
#include "nodes/link/socket.hpp"
#include "nodes/link/tcp_link.hpp"
#include "nodes/roles/actor_system.hpp"
#include "nodes/roles/system_clock.hpp"
#include "nodes/support/admin_server.hpp"
#include "nodes/support/cluster_file.hpp"
#include "nodes/support/commit_thread.hpp"
#include "nodes/support/data_folder.hpp"
#include "nodes/support/descriptors.hpp"
#include "nodes/support/file_watch.hpp"
#include "nodes/support/logging.hpp"
#include "nodes/support/node_list_file.hpp"
#include "nodes/support/ready_pipe.hpp"
#include "storage/rocks_event_log.hpp"

#include <caf/scoped_actor.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>

namespace hearth::cli {

namespace {

storage::RocksOptions log_options(const std::filesystem::path& data) {
  return {(data / "log").string(), nullptr};
}

/// How often the file of the node list is looked at.
constexpr Millis list_period{1000};

void show(Metrics& metrics, const link::LinkCounters& counters) {
  for (std::size_t i = 0; i < link::rejection_count; ++i) {
    const auto reason = static_cast<link::Rejection>(i);
    metrics.set_counter("hearth_link_rejected_total", {{"reason", std::string(name_of(reason))}},
                        static_cast<double>(counters.of(reason)));
  }
}

/// Who watches sees which machine was not given the newest list, and when one ends.
void show(Metrics& metrics, const seal::NodeList& list) {
  const auto end = std::chrono::duration<double>(list.not_after.time_since_epoch());
  metrics.set_gauge("hearth_node_list_serial", {}, static_cast<double>(list.serial));
  metrics.set_gauge("hearth_node_list_end_timestamp_seconds", {}, end.count());
}

}  // namespace

Result<seal::Identity> init_node_folder(const std::filesystem::path& data, std::string_view role) {
  auto folder = DataFolder::open(data, role);
  if (!folder) {
    return folder.error();
  }
  if (auto known = folder.value()->identity();
      known || known.error().code != ErrorCode::not_found) {
    return known;
  }
  const auto created = storage::RocksEventLog::create(log_options(data));
  if (!created && created.error().code != ErrorCode::already_exists) {
    return created.error();
  }
  return folder.value()->create_identity();
}

struct NodeProcess::State {
  State(const NodeOptions& node_options, StopSignals& stop_signals)
      : options(node_options), stop(stop_signals) {}

  NodeOptions options;
  StopSignals& stop;
  Role role = Role::none;
  std::string role_name;
  std::string region;
  SystemClock clock;
  Metrics metrics;
  std::unique_ptr<DataFolder> folder;
  seal::Identity identity;
  Cluster cluster;
  seal::NodeList nodes;
  std::vector<UniqueFd> listeners;
  std::vector<seal::Endpoint> bound;
  std::shared_ptr<link::LinkCounters> counters = std::make_shared<link::LinkCounters>();

  // The engine outlives the log, the log outlives the actors.
  std::optional<CommitThread> commits;
  std::unique_ptr<storage::RocksEventLog> log;
  LogDoor door;
  SystemConfig config;
  std::optional<caf::actor_system> system;
  caf::actor root;
  std::atomic<bool> serving{false};
  std::unique_ptr<AdminServer> admin;

  Result<void> load();
  Result<void> load_cluster_files();
  /// Whether `nodes` let this node be what it is.
  [[nodiscard]] Result<void> check_listed() const;
  Result<void> bind(const std::vector<seal::Endpoint>& listen);
  Result<void> open_log();
  [[nodiscard]] LinkMaker link_maker();
  void take_nodes();
};

Result<void> NodeProcess::State::load() {
  auto own = folder->identity();
  if (!own) {
    return own.error().code == ErrorCode::not_found
               ? Error{ErrorCode::not_found, options.data.string() +
                                                 " has no keys: make it with `hearth node init " +
                                                 role_name + "`"}
               : own.error();
  }
  identity = own.value();
  logs::name_node(to_text(identity.id));
  return load_cluster_files();
}

Result<void> NodeProcess::State::load_cluster_files() {
  auto trusted = load_cluster(options.cluster);
  auto loaded = trusted ? load_current_node_list(options.node_list, trusted.value(), clock.now())
                        : trusted.error();
  if (!loaded) {
    return loaded.error();
  }
  cluster = std::move(trusted.value());
  nodes = std::move(loaded.value().list);
  if (auto listed = check_listed(); !listed) {
    return listed;
  }
  region = link::is_listed(role) ? nodes.find(identity.id)->region : options.region;
  if (role == Role::directory && cluster.founders.empty()) {
    return Error{ErrorCode::value_invalid, options.cluster.string() +
                                               " names no founders: take the one that `hearth "
                                               "cluster sign` wrote them into"};
  }
  return follow_node_list(options.data, cluster, nodes);
}

Result<void> NodeProcess::State::check_listed() const {
  const auto* entry = nodes.find(identity.id);
  if (!link::is_listed(role) || (entry != nullptr && entry->role == role)) {
    return {};
  }
  const auto who = options.node_list.string() + (entry == nullptr ? " does not list" : " lists") +
                   " this node, " + to_text(identity.id);
  return Error{ErrorCode::identity_unknown,
               who + (entry == nullptr ? ": it was struck, or never signed in"
                                       : ", as a " + std::string(name_of(entry->role)) +
                                             ", not as a " + role_name)};
}

Result<void> NodeProcess::State::bind(const std::vector<seal::Endpoint>& listen) {
  for (const auto& endpoint : listen) {
    auto listener = listen_on(endpoint.host, endpoint.port);
    if (!listener) {
      return listener.error();
    }
    auto address = local_endpoint(listener.value().get());
    if (!address) {
      return address.error();
    }
    listeners.push_back(std::move(listener.value()));
    bound.push_back(std::move(address.value()));
  }
  return {};
}

Result<void> NodeProcess::State::open_log() {
  commits.emplace();
  auto opened = storage::RocksEventLog::open(log_options(options.data), *commits);
  if (!opened) {
    return opened.error();
  }
  log = std::move(opened.value());
  return {};
}

LinkMaker NodeProcess::State::link_maker() {
  TcpLinkOptions tcp;
  tcp.link.self = {identity, role, link::is_listed(role) ? region : std::string{}};
  tcp.link.nodes = nodes;
  tcp.link.roots = cluster.roots;
  tcp.link.seed = seal::random_u64();
  tcp.listeners = std::move(listeners);
  tcp.wall = &clock;
  tcp.counters = counters;
  return tcp_link_maker(std::move(tcp));
}

/// After a change of the file. One that is no good leaves things as they are; one that strikes this
/// node ends it.
void NodeProcess::State::take_nodes() {
  auto loaded = load_current_node_list(options.node_list, cluster, clock.now());
  if (!loaded || loaded.value().list.serial <= nodes.serial) {
    logs::warning("node_list.refused", "the node list is not used",
                  {{"why", loaded ? "its serial is not higher" : loaded.error().detail}});
    return;
  }
  if (auto followed = follow_node_list(options.data, cluster, loaded.value().list); !followed) {
    stop.fail(followed.error());
    return;
  }
  nodes = std::move(loaded.value().list);
  if (auto listed = check_listed(); !listed) {
    stop.fail(listed.error());
    return;
  }
  show(metrics, nodes);
  logs::info("node_list.taken", "a newer node list is in force",
             {{"serial", std::to_string(nodes.serial)}});
  caf::anon_send(root, link::OfferNodeList{std::move(loaded.value().bytes)});
}

NodeProcess::NodeProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}

NodeProcess::~NodeProcess() {
  stop();
  state_->metrics.stop_observing();
}

Result<std::unique_ptr<NodeProcess>> NodeProcess::open(const NodeOptions& options, Role role,
                                                       std::string_view role_name,
                                                       const std::vector<seal::Endpoint>& listen,
                                                       StopSignals& stop) {
  raise_descriptor_limit();
  auto state = std::make_unique<State>(options, stop);
  state->role = role;
  state->role_name = role_name;
  auto folder = DataFolder::open_existing(options.data, role_name);
  if (!folder) {
    return folder.error();
  }
  state->folder = std::move(folder.value());
  for (const auto& step : {std::function<Result<void>()>([&] { return state->load(); }),
                           std::function<Result<void>()>([&] { return state->bind(listen); }),
                           std::function<Result<void>()>([&] { return state->open_log(); })}) {
    if (auto done = step(); !done) {
      return done.error();
    }
  }
  state->metrics.describe("hearth_link_rejected_total", "Connections and frames turned away.");
  state->metrics.describe("hearth_node_list_serial", "Of the node list that is in force.");
  state->metrics.describe("hearth_node_list_end_timestamp_seconds", "When that list is over.");
  show(state->metrics, state->nodes);
  state->metrics.observe(
      [counters = state->counters](Metrics& metrics) { show(metrics, *counters); });
  return std::unique_ptr<NodeProcess>(new NodeProcess(std::move(state)));
}

const seal::Identity& NodeProcess::identity() const {
  return state_->identity;
}
Membership NodeProcess::membership() const {
  return {state_->identity, state_->nodes, state_->region, state_->cluster.founders,
          state_->cluster.groups};
}
const WallClock& NodeProcess::clock() const {
  return state_->clock;
}
const SigningKey& NodeProcess::root_key() const {
  return state_->cluster.roots.front();
}
Metrics& NodeProcess::metrics() {
  return state_->metrics;
}
const std::filesystem::path& NodeProcess::data() const {
  return state_->options.data;
}

Result<void> NodeProcess::start(std::vector<NodeActor> actors) {
  auto& state = *state_;
  AdminOptions admin;
  admin.listen = state.options.admin;
  admin.role = state.role_name;
  admin.region = state.region;
  admin.version = HEARTH_VERSION;
  admin.data = state.options.data;
  admin.checks = [&state] { return std::vector<ReadyCheck>{{"node", state.serving.load()}}; };
  auto started = AdminServer::start(std::move(admin), state.metrics);
  if (!started) {
    return started.error();
  }
  state.admin = std::move(started.value());

  state.system.emplace(state.config);
  NodePorts ports;
  ports.link = state.link_maker();
  ports.log = state.log.get();
  ports.door = &state.door;
  ports.failed = [&stop = state.stop](const Error& error) { stop.fail(error); };
  state.root = spawn_node(*state.system, std::move(ports), std::move(actors));
  // A node whose actors are gone is no node, whatever ended them.
  state.root->attach_functor([&stop = state.stop] {
    stop.fail({ErrorCode::stopping, "the node's actors have ended"});
  });
  return {};
}

Result<void> NodeProcess::serve(const std::vector<seal::Endpoint>& more) {
  auto& state = *state_;
  Ready ready{state.bound, state.admin->bound()};
  ready.listen.insert(ready.listen.end(), more.begin(), more.end());
  state.serving = true;
  logs::info("node.ready", "serving", {{"id", to_text(state.identity.id)}});
  announce_ready(state.options.ready_fd, ready);
  auto ended = state.stop.wait(list_period);
  for (FileWatch file(state.options.node_list); !ended; ended = state.stop.wait(list_period)) {
    if (file.changed()) {
      state.take_nodes();
    }
  }
  state.serving = false;
  logs::info("node.stopping", "stopping");
  return *ended;
}

void NodeProcess::stop() {
  auto& state = *state_;
  if (!state.system) {
    return;
  }
  {
    caf::scoped_actor self{*state.system};
    caf::anon_send_exit(state.root, caf::exit_reason::user_shutdown);
    self->wait_for(state.root);
  }
  state.root = nullptr;
  state.system->await_all_actors_done();
  state.system.reset();
}

}  // namespace hearth::cli
