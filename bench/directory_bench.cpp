// Loads for three directories, which bench/directory_bench.py starts and compares with etcd.
//
//   directory_bench prepare DATA          makes configuration, keys and empty logs of three; prints
//                                         the arguments of `hearth` for each, a line a directory
//   directory_bench load DATA ACCOUNTS    makes so many accounts, says "ready", then does what
//                                         stdin orders, a line for a line:
//     commit IN_FLIGHT LINKS SECONDS PER_SECOND    renames, at most so many a second (0: no limit)
//                                                  -> renames a second, P99 in ms, refused
//     list IN_FLIGHT LINKS SECONDS                 `list_homes` -> how many
//     trickle SECONDS DIRECTORY...                 a rename every 20 ms by each of 16 devices, all
//                                                  linked to these of the directories 0 to 2
//                                                  -> the longest time without one, of any, in s

#include "nodes/cli/up/cluster_plan.hpp"
#include "nodes/support/data_folder.hpp"

#include "bench/directory_bench_accounts.hpp"
#include "bench/directory_bench_links.hpp"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace hearth::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t links_at_once = 32;
constexpr Seconds opening_time{60};
/// Events that are signed ahead, for each second and each that is in flight, and at most: signing
/// takes 25 us, which the directories would miss.
constexpr double signed_in_flight = 4000;
constexpr double signed_at_most = 30'000;
constexpr double lists_at_most = 200'000;
constexpr std::size_t trickles = 16;  ///< More than groups, or nearly: some are of each.
constexpr double trickle_per_second = 50;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "directory_bench: %s\n", why.c_str());
  std::exit(1);
}

Instant later(Instant begin, Seconds time) {
  return begin + std::chrono::duration_cast<Clock::duration>(time);
}

Outcome outcome_of(std::future<Outcome>& load) {
  auto outcome = load.get();
  if (outcome.failed) {
    fail(fmt::format("refused too often: {}", outcome.failed->detail));
  }
  return outcome;
}

/// What the first fifth of the time brings does not count.
void print_commits(std::vector<Granted> granted, Instant begin, Instant end, std::size_t refused) {
  const auto warm = begin + (end - begin) / 5;
  std::erase_if(granted,
                [&](const auto& each) { return each.answered < warm || each.answered >= end; });
  if (granted.empty()) {
    fail("nothing was granted in time");
  }
  std::vector<double> latencies;
  auto last = warm;
  for (const auto& each : granted) {
    latencies.push_back(Seconds(each.answered - each.sent).count());
    last = std::max(last, each.answered);
  }
  const auto rank = latencies.begin() + static_cast<std::ptrdiff_t>(latencies.size() * 99 / 100);
  std::nth_element(latencies.begin(), rank, latencies.end());
  fmt::print("{:.0f} {:.2f} {}\n",
             static_cast<double>(granted.size()) / Seconds(last - warm).count(), *rank * 1000,
             refused);
}

double longest_gap(const Outcome& outcome, Instant begin, Instant end) {
  auto last = begin;
  Seconds longest{0};
  for (const auto& each : outcome.granted) {
    longest = std::max<Seconds>(longest, each.answered - last);
    last = each.answered;
  }
  return std::max<Seconds>(longest, end - last).count();
}

class DirectoryLoad {
 public:
  explicit DirectoryLoad(seal::NodeList nodes) : nodes_(std::move(nodes)) {
    for (const auto& node : nodes_.nodes) {
      if (node.role == Role::directory) {
        directories_.push_back(node.id());
      }
    }
  }

  void open_accounts(std::size_t count);
  void commit(std::size_t in_flight, std::size_t links, Seconds time, double per_second);
  void list(std::size_t in_flight, std::size_t links, Seconds time);
  void trickle(Seconds time, const std::vector<std::size_t>& directories);

 private:
  using Links = std::vector<std::unique_ptr<BenchLink>>;

  /// Of the owners of the accounts from `first` on, to `directories` in turn.
  [[nodiscard]] Links link(std::size_t first, std::size_t count,
                           const std::vector<NodeId>& directories);
  /// Every `step`-th account from `first` on.
  [[nodiscard]] EventSource events_of(std::size_t first, std::size_t step);

  seal::NodeList nodes_;
  std::vector<NodeId> directories_;
  std::vector<BenchAccount> accounts_;
  BenchSystemConfig config_;
  caf::actor_system system_{config_};
};

DirectoryLoad::Links DirectoryLoad::link(std::size_t first, std::size_t count,
                                         const std::vector<NodeId>& directories) {
  Links links;
  for (std::size_t i = 0; i < count; ++i) {
    links.push_back(std::make_unique<BenchLink>(system_, accounts_.at(first + i).owner(),
                                                directories[i % directories.size()], nodes_));
  }
  return links;
}

EventSource DirectoryLoad::events_of(std::size_t first, std::size_t step) {
  std::vector<BenchAccount*> accounts;
  for (auto i = first; i < accounts_.size(); i += step) {
    accounts.push_back(&accounts_[i]);
  }
  return EventSource(std::move(accounts));
}

void DirectoryLoad::open_accounts(std::size_t count) {
  accounts_.resize(count);
  for (std::size_t first = 0; first < count; first += links_at_once) {
    const auto links = link(first, std::min(links_at_once, count - first), directories_);
    std::vector<std::future<Outcome>> openings;
    for (std::size_t i = 0; i < links.size(); ++i) {
      EventSource source({&accounts_[first + i]});
      auto events = source.sign(BenchAccount::opening, links[i]->device(), links[i]->directory());
      openings.push_back(
          links[i]->begin({std::move(events), 1, 0, later(Clock::now(), opening_time)}));
    }
    for (auto& opening : openings) {
      if (outcome_of(opening).granted.size() < BenchAccount::opening) {
        fail("the directories did not make an account in time");
      }
    }
  }
}

void DirectoryLoad::commit(std::size_t in_flight, std::size_t count, Seconds time,
                           double per_second) {
  const auto links = link(0, count, directories_);
  const auto ahead =
      std::min(signed_at_most, signed_in_flight * static_cast<double>(in_flight)) * time.count();
  std::vector<EventSource> sources;
  std::vector<std::vector<Envelope>> events;
  for (std::size_t i = 0; i < count; ++i) {
    sources.push_back(events_of(i, count));
    events.push_back(sources[i].sign(static_cast<std::size_t>(ahead) / count, links[i]->device(),
                                     links[i]->directory()));
  }
  const auto begin = Clock::now();
  std::vector<std::future<Outcome>> loads;
  for (std::size_t i = 0; i < count; ++i) {
    loads.push_back(links[i]->begin({std::move(events[i]), in_flight / count,
                                     per_second / static_cast<double>(count), later(begin, time)}));
  }
  std::vector<Granted> granted;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto outcome = outcome_of(loads[i]);
    sources[i].keep(outcome.granted.size());
    granted.insert(granted.end(), outcome.granted.begin(), outcome.granted.end());
    refused += outcome.refused;
  }
  print_commits(std::move(granted), begin, later(begin, time), refused);
}

void DirectoryLoad::list(std::size_t in_flight, std::size_t count, Seconds time) {
  const auto links = link(0, count, directories_);
  const auto end = later(Clock::now(), time);
  const auto at_most = static_cast<std::size_t>(lists_at_most * time.count()) / count;
  std::vector<std::future<Outcome>> loads;
  for (const auto& each : links) {
    std::vector<Envelope> requests(
        at_most, to_accounts(each->device(), each->directory(), directory::ListHomes{}));
    loads.push_back(each->begin({std::move(requests), in_flight / count, 0, end}));
  }
  std::size_t listed = 0;
  for (auto& load : loads) {
    listed += outcome_of(load).granted.size();
  }
  fmt::print("{}\n", listed);
}

void DirectoryLoad::trickle(Seconds time, const std::vector<std::size_t>& directories) {
  std::vector<NodeId> chosen;
  for (const auto number : directories) {
    chosen.push_back(directories_.at(number));
  }
  const auto links = link(0, trickles, chosen);
  const auto wanted = static_cast<std::size_t>(trickle_per_second * time.count());
  std::vector<EventSource> sources;
  std::vector<std::vector<Envelope>> events;
  for (std::size_t i = 0; i < trickles; ++i) {
    sources.push_back(EventSource({&accounts_.at(i)}));
    events.push_back(sources[i].sign(wanted, links[i]->device(), links[i]->directory()));
  }
  const auto begin = Clock::now();
  const auto end = later(begin, time);
  std::vector<std::future<Outcome>> loads;
  for (std::size_t i = 0; i < trickles; ++i) {
    loads.push_back(links[i]->begin({std::move(events[i]), 1, trickle_per_second, end}));
  }
  double longest = 0;
  for (std::size_t i = 0; i < trickles; ++i) {
    const auto outcome = outcome_of(loads[i]);
    sources[i].keep(outcome.granted.size());
    longest = std::max(longest, longest_gap(outcome, begin, end));
  }
  fmt::print("{:.3f}\n", longest);
}

// ---- orders ----

/// False: it is none.
bool obey(const std::string& line, DirectoryLoad& load) {
  std::istringstream words(line);
  std::string order;
  std::size_t in_flight = 0;
  std::size_t links = 0;
  double seconds = 0;
  double per_second = 0;
  words >> order;
  if (order == "commit" && words >> in_flight >> links >> seconds >> per_second) {
    load.commit(in_flight, links, Seconds(seconds), per_second);
  } else if (order == "list" && words >> in_flight >> links >> seconds) {
    load.list(in_flight, links, Seconds(seconds));
  } else if (order == "trickle" && words >> seconds) {
    load.trickle(Seconds(seconds), {std::istream_iterator<std::size_t>(words), {}});
  } else {
    return false;
  }
  std::fflush(stdout);
  return true;
}

WallTime wall_now() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

void prepare(const std::string& data) {
  auto folder = DataFolder::open(data, "up");
  if (!folder) {
    fail(folder.error().detail);
  }
  cli::up::Options options;
  options.data = data;
  options.media = {data};
  options.regions = {"eu", "us", "ap"};
  options.log_level = "warning";
  const auto plan = cli::up::prepare_cluster(options, *folder.value(), wall_now());
  if (!plan) {
    fail(plan.error().detail);
  }
  for (const auto& process : plan.value().service) {
    if (process.role == name_of(Role::directory)) {
      fmt::print("{}\n", fmt::join(process.arguments, "\t"));
    }
  }
}

void load(const std::string& data, std::size_t accounts) {
  auto plan = cli::up::plan_enrolment(data, wall_now());
  if (!plan) {
    fail(plan.error().detail);
  }
  DirectoryLoad directories(std::move(plan.value().node_list));
  directories.open_accounts(accounts);
  fmt::print("ready\n");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    if (!obey(line, directories)) {
      fail("no such order: " + line);
    }
  }
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "prepare") {
    prepare(words[1]);
  } else if (words.size() == 3 && words[0] == "load") {
    load(words[1], std::stoul(words[2]));
  } else {
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace hearth::bench

int main(int count, char** words) {
  return hearth::bench::run({words + 1, words + count});
}
