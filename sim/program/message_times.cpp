#include "sim/program/message_times.hpp"

#include "messages/base/check.hpp"
#include "sim/run/town.hpp"

#include <range/v3/algorithm/sort.hpp>

#include <chrono>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace hearth::sim {
namespace {

constexpr Millis patience{60'000};
constexpr int restarts = 5;  ///< Of everybody: what is said once a life is measured often enough.
constexpr Millis life{10'000};
constexpr Millis first_life{40'000};  ///< Longer than tickets last.

WorldOptions small_world() {
  WorldOptions options;
  options.topology.regions = {"eu", "us"};
  options.topology.super_peers_per_region = 2;
  options.topology.homes = 8;
  options.topology.clients = 16;
  options.topology.rocks_homes = 8;
  options.real_seal = true;
  return options;
}

drill::Workload workload() {
  drill::Workload workload;
  workload.streams = 4;
  workload.rate_mbit = 1;
  workload.browse_per_s = 50;
  workload.commands_per_s = 20;
  workload.rescans_per_s = 2;
  workload.revocations = 2;
  return workload;
}

/// What people ask of homes beside what a town's workload does.
void look_around(Town& town) {
  const auto ask = [](SimNode& client, const SimNode& home, auto question) {
    client.client()->ask(client::AskHome{home.id(), std::move(question)},
                         [](const Result<client::Answer>&) {});
  };
  for (const auto& household : town.world().households()) {
    auto& client = *household.clients.front();
    for (auto* home : household.homes) {
      const auto& path = home->media().files().begin()->first;
      ask(client, *home, home::ShowItem{home::item_id_of(Media::folder, path)});
      ask(client, *home, home::SearchItems{std::string(plaintext_marker), {}, 100});
      ask(client, *home, home::ShowScan{});
    }
  }
}

void live(Town& town) {
  HEARTH_CHECK(town.found(patience));
  HEARTH_CHECK(town.everybody_browses(patience));
  town.begin(workload());
  town.world().run_for(first_life);
  for (int i = 0; i < restarts; ++i) {
    look_around(town);
    town.world().run_for(life);
    for (const auto& node : town.world().nodes()) {
      node->crash();
      node->boot();
    }
  }
  town.stop();
}

/// The mean of the middle half: what preempts us does not count, and a kind that one directory
/// answers and another hands on costs something between.
std::uint64_t midmean(std::vector<std::uint64_t>& times) {
  ranges::sort(times);
  const auto quarter = times.size() / 4;
  const auto count = times.size() - 2 * quarter;
  const auto first = times.begin() + static_cast<std::ptrdiff_t>(quarter);
  return std::accumulate(first, first + static_cast<std::ptrdiff_t>(count), std::uint64_t{0}) /
         count;
}

}  // namespace

void measure_messages(drill::Profile& profile) {
  using Clock = std::chrono::steady_clock;
  std::map<MessageKind, std::vector<std::uint64_t>> times;
  Town town(small_world());
  town.world().engine().clock_in = [&times](MessageKind kind, const Engine::Task& step) {
    const auto begin = Clock::now();
    step();
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin);
    times[kind].push_back(static_cast<std::uint64_t>(took.count()));
  };
  live(town);
  std::vector<std::uint64_t> means;
  profile.message_ns.clear();
  for (auto& [kind, all] : times) {
    means.push_back(profile.message_ns[kind] = midmean(all));
  }
  profile.other_message_ns = midmean(means);
}

}  // namespace hearth::sim
