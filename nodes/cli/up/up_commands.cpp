#include "messages/base/text.hpp"
#include "nodes/cli/command.hpp"
#include "nodes/cli/ready_probe.hpp"
#include "nodes/cli/role_settings.hpp"
#include "nodes/cli/up/cluster_plan.hpp"
#include "nodes/cli/up/order.hpp"
#include "nodes/cli/up/port_book.hpp"
#include "nodes/cli/up/ready_file.hpp"
#include "nodes/cli/up/supervisor.hpp"
#include "nodes/network/emulated_network.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/files.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <poll.h>
#include <set>
#include <unistd.h>

namespace hearth::cli {
namespace {

namespace fs = std::filesystem;

constexpr Millis enrolment_budget{20000};
constexpr Millis settling_budget{10000};
constexpr Millis settling_pause{100};
constexpr Millis settling_patience{2000};
constexpr std::size_t token_bytes_max = 4096;
constexpr std::size_t regions_max = 16;

struct UpFlags {
  std::vector<std::string> media;
  std::optional<std::string> data;
  std::vector<std::string> regions{"eu", "us", "ap"};
  std::string http = "127.0.0.1:24371";
  std::string ready_file;
  std::string log_level = "info";
  bool json = false;
  bool drills = false;
  bool netns = false;
};

WallTime wall_now() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

Error refused(std::string detail) {
  return {ErrorCode::value_invalid, std::move(detail)};
}

fs::path default_data() {
  const char* xdg = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  const auto base = xdg != nullptr && *xdg != '\0' ? fs::path(xdg)
                    : home != nullptr              ? fs::path(home) / ".local/share"
                                                   : fs::path("/var/lib");
  return base / "hearth" / "up";
}

/// What would else be told when the whole cluster runs.
Result<void> check_ready_file(const fs::path& path) {
  std::error_code unknown;
  const auto folder = path.parent_path();
  if (!path.has_filename() || fs::is_directory(path, unknown)) {
    return refused(fmt::format("--ready-file {} is a folder: name a file in it", path.string()));
  }
  if (!fs::is_directory(folder, unknown) || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    return refused(
        fmt::format("--ready-file {}: cannot make files in {}", path.string(), folder.string()));
  }
  return {};
}

Result<up::Options> checked(const UpFlags& flags) {
  up::Options options;
  auto data = absolute_path(flags.data ? fs::path(*flags.data) : default_data());
  if (!data) {
    return data.error();
  }
  options.data = std::move(data.value());
  if (!is_utf8(options.data.string())) {
    return refused("--data is not UTF-8: the ready file, which is JSON, could not name it");
  }
  for (const auto& folder : flags.media) {
    std::error_code error;
    auto absolute = absolute_path(folder);
    if (!absolute || !fs::is_directory(folder, error)) {
      return refused(fmt::format("no such media folder: {}", folder));
    }
    options.media.push_back(std::move(absolute.value()));
  }
  for (const auto& region : flags.regions) {
    if (!is_region(region)) {
      return refused(fmt::format("'{}' is no region: 1 to 16 of a-z, 0-9 and '-'", region));
    }
    options.regions.push_back(region);
  }
  const std::set<std::string> different(flags.regions.begin(), flags.regions.end());
  if (different.size() != flags.regions.size() || different.size() > regions_max) {
    return refused(fmt::format("--regions wants 1 to {} different names", regions_max));
  }
  auto http = parse_endpoint(flags.http);
  if (!http) {
    return http.error();
  }
  if (is_wildcard(http.value().host)) {
    return refused(fmt::format("--http {}: {}", flags.http, why_no_wildcard));
  }
  options.http = http.value();
  if (!flags.ready_file.empty()) {
    auto ready_file = absolute_path(flags.ready_file);
    if (!ready_file) {
      return ready_file.error();
    }
    options.ready_file = std::move(ready_file.value());
    if (auto fits = check_ready_file(options.ready_file); !fits) {
      return fits.error();
    }
  }
  options.log_level = flags.log_level;
  options.json = flags.json;
  options.drills = flags.drills;
  if (flags.netns && !flags.drills) {
    return refused("--netns is for drills: give --drills too");
  }
  if (flags.netns) {
    const auto subnet = network::free_subnet();
    if (!subnet) {
      return subnet.error();
    }
    options.subnet = subnet.value();
  }
  return options;
}

/// Tells people and programs that everything serves.
Result<void> announce(const up::Options& options, const std::string& token, bool& is_first,
                      const std::vector<up::Running>& running) {
  const auto text = up::ready_text(running, token);
  if (!options.ready_file.empty()) {
    if (auto written = write_file(options.ready_file, text, 0600); !written) {
      return written;
    }
  }
  if (std::exchange(is_first, false)) {
    const auto told = options.json ? text
                                   : fmt::format("\nHearth is up. Open {}/login?token={}\n",
                                                 up::gateway_url(running), token);
    std::fputs(told.c_str(), stdout);  // The cluster runs on where nobody can read it.
    std::fflush(stdout);
  }
  return {};
}

/// Gives every process its place in the network. Nothing: it has none.
Result<std::unique_ptr<network::EmulatedNetwork>> lay_network(const up::Options& options,
                                                              up::ClusterPlan& plan) {
  if (!options.subnet) {
    return std::unique_ptr<network::EmulatedNetwork>();
  }
  std::vector<std::string> names;
  for (const auto* processes : {&plan.service, &plan.household}) {
    for (const auto& process : *processes) {
      names.push_back(process.name);
    }
  }
  auto network = network::EmulatedNetwork::start(options.data, *options.subnet, names);
  if (network) {
    for (auto* processes : {&plan.service, &plan.household}) {
      for (auto& process : *processes) {
        process.netns = network.value()->netns_of(process.name);
      }
    }
  }
  return network;
}

/// What the supervisor runs, but for what happens when all serves.
Result<up::SupervisorOptions> supervise(const up::Options& options, const up::ClusterPlan& plan) {
  up::SupervisorOptions supervised;
  if (options.drills) {
    auto orders = OrderSocket::listen(options.data, up::order_socket_name);
    if (!orders) {
      return orders.error();
    }
    supervised.orders = std::move(orders.value());
  }
  supervised.program = "/proc/self/exe";
  supervised.enrol = {"enrol", "--data", options.data.string()};
  supervised.settle = {"settle", "--http", to_text(plan.http), "--token-file",
                       (options.data / "token").string()};
  supervised.plan = plan;
  return supervised;
}

Result<int> run_up(const UpFlags& flags) {
  auto options = checked(flags);
  if (!options) {
    return options.error();
  }
  up::Supervisor::block_signals();
  auto folder = DataFolder::open(options.value().data, "up");
  if (!folder) {
    return folder.error();
  }
  // Before anything is made: the one port that people know by heart cannot be chosen anew.
  if (auto free = up::check_free(options.value().http); !free && !options.value().subnet) {
    return free.error();
  }
  auto plan = up::prepare_cluster(options.value(), *folder.value(), wall_now());
  if (!plan) {
    return plan.error();
  }
  auto network = lay_network(options.value(), plan.value());
  if (!network) {
    return network.error();
  }
  // The folder and the ports are ours now: whatever the ready file says is of a life before, and
  // would lie until everything serves.
  const auto& ready_file = options.value().ready_file;
  std::error_code ignored;
  if (!ready_file.empty()) {
    fs::remove(ready_file, ignored);
  }
  auto supervised = supervise(options.value(), plan.value());
  if (!supervised) {
    return supervised.error();
  }
  if (network.value()) {
    supervised.value().vital = network.value()->pid();
  }
  bool is_first = true;
  supervised.value().all_ready = [&options, &is_first,
                                  token = plan.value().token](const auto& running) {
    return announce(options.value(), token, is_first, running);
  };
  up::Supervisor supervisor(std::move(supervised.value()));
  const auto ending = supervisor.run();
  if (!ready_file.empty()) {
    fs::remove(ready_file, ignored);
  }
  if (!ending.line.empty()) {
    write_stderr(ending.line + "\n");
  }
  return ending.exit_code;
}

Result<void> run_enrolment(const fs::path& data) {
  auto plan = up::plan_enrolment(data, wall_now());
  if (!plan) {
    return plan.error();
  }
  return enrol_household(plan.value().household, plan.value().node_list, enrolment_budget);
}

/// Waits until the gateway sees a home online, which is when bytes can flow.
Result<void> run_settling(const std::string& http, const fs::path& token_file) {
  auto gateway = parse_endpoint(http);
  auto token = read_file(token_file, token_bytes_max);
  if (!gateway || !token) {
    return gateway ? token.error() : gateway.error();
  }
  const std::string bearer(token.value().begin(), token.value().end());
  for (auto left = settling_budget; left > Millis(0); left -= settling_pause) {
    const auto answer = fetch(gateway.value(), "/api/v1/homes", bearer, settling_patience);
    if (answer && answer->find("\"online\":true") != std::string::npos) {
      return {};
    }
    ::poll(nullptr, 0, static_cast<int>(settling_pause.count()));
  }
  return Error{ErrorCode::home_offline, "no home came online yet"};
}

void add_up_command(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("up", "Run a whole cluster on this machine, to try it");
  auto flags = std::make_shared<UpFlags>();
  command->add_option("--media", flags->media, "Folder of media files; may be given again")
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--data", flags->data, "Folder of its data [$XDG_DATA_HOME/hearth/up]");
  command->add_option("--regions", flags->regions, "Names of its regions")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--http", flags->http, "HOST:PORT of the gateway")->capture_default_str();
  command->add_option("--ready-file", flags->ready_file, "Written once everything serves");
  command->add_option("--log-level", flags->log_level, "debug, info, warning, error or off")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  command->add_flag("--json", flags->json, "Print the ready file instead of the link");
  command->add_flag("--drills", flags->drills,
                    "Let `hearth drill run --on` kill, pause and empty its processes. Only where "
                    "this is given: a rehearsal must never meet a cluster that somebody relies on");
  command->add_flag("--netns", flags->netns,
                    "With --drills: a network namespace for each process, and between them a "
                    "network that drills can cut and slow down. Needs root; the host of --http "
                    "becomes an address of that network");
  command->callback([flags, &invocation] {
    auto ended = run_up(*flags);
    invocation.exit_code = ended ? ended.value() : report_failure(ended.error());
  });
}

/// What `hearth up` leaves to processes of their own, so that it forks from a single thread.
void add_tasks(CLI::App& app, Invocation& invocation) {
  struct TaskFlags {
    std::string data;
    std::string http;
    std::string token_file;
  };
  auto flags = std::make_shared<TaskFlags>();
  const auto finish = [&invocation](const Result<void>& done) {
    if (!done) {
      invocation.exit_code = report_failure(done.error());
    }
  };
  auto* enrol = app.add_subcommand("enrol", "")->group("");
  enrol->add_option("--data", flags->data)->required();
  enrol->add_option("--ready-fd");
  enrol->callback([flags, finish] { finish(run_enrolment(flags->data)); });

  auto* settle = app.add_subcommand("settle", "")->group("");
  settle->add_option("--http", flags->http)->required();
  settle->add_option("--token-file", flags->token_file)->required();
  settle->add_option("--ready-fd");
  settle->callback([flags, finish] { finish(run_settling(flags->http, flags->token_file)); });
}

}  // namespace

void add_up_commands(CLI::App& app, Invocation& invocation) {
  add_up_command(app, invocation);
  add_tasks(app, invocation);
}

}  // namespace hearth::cli
