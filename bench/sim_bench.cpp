// How fast the simulator is: the full stack beside CAF's bare test scheduler, and simulated seconds
// a second of a small cluster full of faults and of a big world. Seconds are the processor's.
//
//   sim_bench [stack|small|big [HOMES]]    default: all, 10,000 homes

#include "sim/drill/parser.hpp"
#include "sim/memory.hpp"
#include "sim/run/drill_run.hpp"
#include "sim/run/town.hpp"

#include "bench/sim_bench_bare.hpp"
#include "bench/sim_bench_stack.hpp"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace {

using namespace hearth;
using namespace hearth::sim;
using namespace std::chrono_literals;

constexpr int stack_rounds = 5;
constexpr std::uint64_t small_seeds = 3;
/// TigerBeetle's VOPR, seed 42, on such a machine; a figure, not a run.
constexpr const char* vopr_speed = "234-414";

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "sim_bench: %s\n", why.c_str());
  std::exit(1);
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(const char* metric, double ours, const char* peer, std::size_t n) {
  std::printf("%s  %.1f  %s  -  %zu\n", metric, ours, peer, n);
  std::fflush(stdout);
}

void compare(const char* metric, const std::vector<double>& ours, const std::vector<double>& peer) {
  std::printf("%s  %.0f  %.0f  %.2f  %zu\n", metric, median(ours), median(peer),
              median(ours) / median(peer), ours.size());
  std::fflush(stdout);
}

// ---- full stack ----

struct Rates {
  std::vector<double> messages_per_s;
  std::vector<double> messages_per_envelope;

  void measure(bench::Stack& stack, bool durable) {
    stack.ask(durable);
    const auto messages = stack.messages();
    const auto envelopes = stack.envelopes();
    const auto start = processor_seconds();
    stack.run(1s);
    const auto handled = static_cast<double>(stack.messages() - messages);
    messages_per_s.push_back(handled / (processor_seconds() - start));
    messages_per_envelope.push_back(handled / static_cast<double>(stack.envelopes() - envelopes));
  }
};

void stack() {
  bench::Stack stack;
  if (!stack.begin()) {
    fail("the accounts of the full stack were not made");
  }
  std::vector<double> bare;
  Rates reads;
  Rates changes;
  for (int round = 0; round < stack_rounds; ++round) {
    bare.push_back(bench::bare_messages_per_s());
    reads.measure(stack, false);
    changes.measure(stack, true);
  }
  compare("sim.stack.messages.read", reads.messages_per_s, bare);
  compare("sim.stack.messages.durable", changes.messages_per_s, bare);
  print("sim.stack.messages_an_envelope.read", median(reads.messages_per_envelope), "-",
        stack_rounds);
  print("sim.stack.messages_an_envelope.durable", median(changes.messages_per_envelope), "-",
        stack_rounds);
}

// ---- small cluster ----

drill::Drill small_drill() {
  std::ifstream file(HEARTH_BENCH "/sim_small_cluster.toml");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto parsed = drill::parse_drill(text, "sim_small_cluster.toml");
  if (!parsed.ok()) {
    fail(parsed.problems.front());
  }
  return std::move(parsed.drill);
}

void small_cluster() {
  const auto drill = small_drill();
  std::vector<double> speed;
  std::vector<double> envelopes;
  std::vector<double> durable;
  for (std::uint64_t seed = 1; seed <= small_seeds; ++seed) {
    const auto start = processor_seconds();
    auto outcome = run_drill(drill, seed).outcome;
    const auto simulated = static_cast<double>(outcome.simulated.count()) / 1000;
    speed.push_back(simulated / (processor_seconds() - start));
    if (!outcome.violations.empty()) {
      fail("seed " + std::to_string(seed) + ": " + outcome.violations.front().message);
    }
    envelopes.push_back(static_cast<double>(outcome.counters["envelopes"]) / simulated);
    durable.push_back(static_cast<double>(outcome.counters["durable events"]) / simulated);
  }
  print("sim.small.speed", median(speed), vopr_speed, speed.size());
  print("sim.small.envelopes_a_simulated_s", median(envelopes), "-", speed.size());
  print("sim.small.durable_events_a_simulated_s", median(durable), "-", speed.size());
}

// ---- big world ----

WorldOptions big_options(std::uint32_t homes) {
  WorldOptions options;
  options.topology.regions = {"us", "eu", "ap"};
  options.topology.super_peers_per_region = 20;
  options.topology.homes = homes;
  options.topology.clients = 3 * homes;
  options.files_per_home = 1;
  options.real_seal = false;
  options.limits.link.ping_after = 30s;
  options.limits.link.silence_max = 75s;
  // All come at once, and a directory is busy with their handshakes for ten seconds.
  options.limits.link.accept_deadline = 60s;
  options.limits.link.dial_deadline = 60s;
  options.limits.link.strangers = 5 * homes;
  options.limits.link.sessions = 5 * homes;
  return options;
}

void big_world(std::uint32_t homes) {
  const auto begin = processor_seconds();
  Town town(big_options(homes));
  town.world().boot_all();
  print("sim.big.start_s", processor_seconds() - begin, "-", 1);
  if (!town.found(Millis{600'000})) {
    fail("the accounts of the big world were not made");
  }
  print("sim.big.enrolment_s", processor_seconds() - begin, "-", 1);
  town.world().run_for(60s);  // everybody connects, and comes to rest
  std::vector<double> speed;
  for (int round = 0; round < 3; ++round) {
    const auto start = processor_seconds();
    town.world().run_for(30s);
    speed.push_back(30 / (processor_seconds() - start));
  }
  print("sim.big.speed", median(speed), "-", speed.size());
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  print("sim.big.memory_mib", static_cast<double>(usage.ru_maxrss) / 1024, "-", 1);
}

}  // namespace

int main(int argc, char** argv) {
  sim::keep_freed_memory();
  const std::string what = argc > 1 ? argv[1] : "";
  std::printf("metric  ours  peer  ratio  n\n");
  if (what.empty() || what == "stack") {
    stack();
  }
  if (what.empty() || what == "small") {
    small_cluster();
  }
  if (what.empty() || what == "big") {
    big_world(argc > 2 ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 10'000);
  }
  return 0;
}
