#include "tests/actors/replication/raft_swarm.hpp"

#include "actors/replication/quorum.hpp"
#include "sim/random.hpp"
#include "tests/actors/replication/describe.hpp"
#include "tests/actors/replication/raft_checker.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

namespace hearth::replication::testing {

namespace {

constexpr Millis round_time{5};
constexpr int faulty_rounds = 300;
constexpr int healing_rounds_max = 2000;

RaftOptions quick_options(sim::Random& random) {
  RaftOptions options;
  options.heartbeat_interval = Millis(10);
  options.election_timeout = Millis(static_cast<int>(random.between(30, 100)));
  options.failover_delay = Millis(5);
  options.return_delay = Millis(150);
  options.sync_age_max = Millis(100);
  options.append_bytes_max = random.between(32, 200);
  options.inflight_appends_max = random.between(1, 8);
  options.inflight_bytes_max = random.between(32, 400);
  options.inflight_chunks_max = static_cast<std::uint32_t>(random.between(1, 3));
  options.promotion_lag_max = 4;
  return options;
}

/// How often in one round, in thousandths.
struct Faults {
  std::uint64_t loss, doubling, delay_max, crash, restart, cut, mend, stall, disconnect, depose;
  std::uint64_t propose, read, transfer, change, trim, sync, apply, eager;
};

/// Every seed turns some faults off: what all of them together hide, some of them show.
Faults draw_faults(sim::Random& random) {
  const auto one_of = [&random](std::array<std::uint64_t, 3> values) {
    return values[random.below(values.size())];
  };
  Faults faults{};
  faults.loss = one_of({0, 20, 300});
  faults.doubling = one_of({0, 20, 100});
  faults.delay_max = one_of({0, 2, 10});
  faults.crash = one_of({0, 10, 40});
  faults.restart = one_of({50, 200, 500});
  faults.cut = one_of({0, 20, 200});
  faults.mend = one_of({30, 60, 100});
  faults.stall = one_of({0, 0, 10});
  faults.disconnect = one_of({0, 50, 300});
  faults.depose = one_of({0, 100, 300});
  faults.propose = one_of({50, 200, 600});
  faults.read = one_of({0, 50, 200});
  faults.transfer = one_of({0, 0, 20});
  faults.change = one_of({0, 30, 200});
  faults.trim = one_of({0, 20, 80});
  faults.sync = one_of({200, 600, 1000});
  faults.apply = one_of({200, 700, 1000});
  faults.eager = one_of({300, 900, 1000});
  return faults;
}

class Swarm {
 public:
  Swarm(std::uint64_t seed, const SwarmTrace& trace)
      : trace_(trace),
        random_(seed),
        faults_(draw_faults(random_)),
        options_(quick_options(random_)) {
    const auto count = random_.between(3, 5);
    const auto first = random_.between(count == 3 ? 3 : 1, count);
    auto members = voters(static_cast<std::uint8_t>(first));
    for (auto& member : members.members) {
      member.priority = static_cast<std::uint8_t>(random_.below(4) / 3);
    }
    for (std::uint8_t number = 1; number <= count; ++number) {
      Disk disk;
      disk.base.configuration = number <= first ? members : Configuration{};
      replicas_.emplace_back(node(number), std::move(disk), options_,
                             [this] { return random_.next(); });
    }
    contact_.assign(count * count, Instant{});
    stalled_until_.assign(count, Instant{});
    cut_.assign(count, 0);
    for (auto& replica : replicas_) {
      start(replica);
    }
  }

  SwarmOutcome run() {
    for (int round = 0; round < faulty_rounds && checker_.violation().empty(); ++round) {
      now_ += round_time;
      make_faults();
      use();
      go_on();
    }
    if (checker_.violation().empty()) {
      heal();
    }
    SwarmOutcome outcome{checker_.violation(), steps_, checker_.committed(),
                         checker_.reads_answered(), 0};
    for (const auto& replica : replicas_) {
      outcome.terms = std::max(outcome.terms, replica.disk().hard_state.term);
    }
    return outcome;
  }

 private:
  struct Packet {
    Instant due;
    Message message;
  };

  bool happens(std::uint64_t thousandths) { return random_.below(1000) < thousandths; }
  static std::size_t at(const NodeId& id) { return static_cast<std::size_t>(number_of(id) - 1); }
  Replica& any() { return replicas_[random_.below(replicas_.size())]; }

  // ---- steps ----

  void start(Replica& replica) {
    replica.start(now_);
    checker_.started(replica);
    turn(replica);
  }

  void turn(Replica& replica) {
    ++steps_;
    const auto& effects = replica.turn(now_);
    if (trace_) {
      trace_(describe(replica.id(), effects));
    }
    checker_.turned(replica, effects, now_);
    for (const auto& message : effects.messages) {
      post(message);
    }
    if (effects.open_snapshot) {
      wants_snapshot_.push_back(at(replica.id()));
    }
  }

  /// Several inputs may share a turn.
  void turn_sometimes(Replica& replica) {
    if (happens(faults_.eager)) {
      turn(replica);
    }
  }

  void post(const Message& message) {
    if (cut_[at(message.from)] != cut_[at(message.to)] || happens(faults_.loss)) {
      return;
    }
    packets_.push_back({due(), message});
    if (happens(faults_.doubling)) {
      packets_.push_back({due(), message});
    }
  }

  Instant due() {
    return now_ + round_time * static_cast<int>(random_.between(0, faults_.delay_max));
  }

  void deliver() {
    std::vector<Packet> arrived;
    for (std::size_t i = 0; i < packets_.size();) {
      if (packets_[i].due > now_) {
        ++i;
        continue;
      }
      arrived.push_back(std::move(packets_[i]));
      packets_[i] = std::move(packets_.back());
      packets_.pop_back();
    }
    for (auto& packet : arrived) {
      receive(std::move(packet.message));
    }
  }

  void receive(Message message) {
    auto& replica = replicas_[at(message.to)];
    if (!replica.is_up()) {
      return;
    }
    if (message.term == replica.machine().term()) {
      contact_[at(message.to) * replicas_.size() + at(message.from)] = now_;
    }
    if (const auto received = replica.machine().receive(std::move(message), now_); !received) {
      complaint_ = received.error().detail;
    }
    turn_sometimes(replica);
  }

  void go_on() {
    deliver();
    for (auto& replica : replicas_) {
      if (!replica.is_up()) {
        continue;
      }
      if (now_ >= stalled_until_[at(replica.id())] && happens(faults_.sync)) {
        while (replica.sync(now_) && happens(700)) {
        }
      }
      if (happens(faults_.apply)) {
        replica.apply(random_.between(1, 8),
                      [&](const Entry& entry) { checker_.applied(replica, entry); });
      }
      if (replica.machine().wake_at() <= now_) {
        replica.machine().tick(now_);
      }
      check_company(replica);
      turn(replica);
    }
    for (const auto which : std::exchange(wants_snapshot_, {})) {
      if (replicas_[which].is_up()) {
        replicas_[which].open_snapshot(static_cast<std::uint32_t>(random_.between(1, 5)));
        turn(replicas_[which]);
      }
    }
  }

  /// A leader is wrong to stay one long after the last majority that can have answered it.
  void check_company(const Replica& replica) {
    const auto& machine = replica.machine();
    if (machine.role() != RaftRole::leader) {
      leads_since_[at(replica.id())] = now_;
      return;
    }
    const auto& configuration = machine.log().configuration();
    std::size_t company = configuration.is_voter(replica.id()) ? 1 : 0;
    for (const auto& other : replicas_) {
      const auto heard = contact_[at(replica.id()) * replicas_.size() + at(other.id())];
      const bool recent = now_ - heard <= 2 * options_.election_timeout;
      company += other.id() != replica.id() && recent && configuration.is_voter(other.id());
    }
    if (company < majority(configuration.voters()) &&
        now_ - leads_since_[at(replica.id())] > 2 * options_.election_timeout) {
      checker_.lonely_leader(replica);
    }
  }

  // ---- faults ----

  void make_faults() {
    for (auto& replica : replicas_) {
      const auto which = at(replica.id());
      if (!replica.is_up()) {
        if (happens(faults_.restart)) {
          start(replica);
        }
      } else if (happens(faults_.crash)) {
        crash(replica);
      } else if (replica.machine().role() == RaftRole::leader && happens(faults_.depose)) {
        depose(replica);
      } else if (happens(faults_.stall)) {
        stalled_until_[which] = now_ + Millis(static_cast<int>(random_.between(20, 400)));
      }
    }
    if (happens(faults_.cut)) {
      for (auto& side : cut_) {
        side = static_cast<int>(random_.below(2));
      }
    } else if (happens(faults_.mend)) {
      std::fill(cut_.begin(), cut_.end(), 0);
    }
    if (happens(faults_.disconnect)) {
      disconnect(any(), any());
    }
  }

  /// A short reign: what a leader has begun is left for others to finish.
  void depose(Replica& leader) {
    if (happens(500)) {
      return crash(leader);
    }
    std::fill(cut_.begin(), cut_.end(), 0);
    cut_[at(leader.id())] = 1;
    cut_[at(any().id())] = 1;
  }

  void crash(Replica& replica) {
    replica.crash(random_.below(replica.writes_under_way() + 1));
    for (auto& other : replicas_) {
      if (happens(500)) {
        disconnect(other, replica);
      }
    }
  }

  void disconnect(Replica& one, Replica& other) {
    if (one.id() != other.id() && one.is_up()) {
      one.machine().disconnected(other.id(), now_);
      turn_sometimes(one);
    }
  }

  // ---- use ----

  void use() {
    for (auto& replica : replicas_) {
      if (replica.is_up() && replica.machine().role() == RaftRole::leader) {
        use(replica);
      }
      trim(replica);
    }
  }

  void use(Replica& leader) {
    auto& machine = leader.machine();
    if (happens(faults_.propose)) {
      propose(machine, random_.between(1, 4));
    }
    if (happens(faults_.read)) {
      static_cast<void>(machine.read(checker_.read_asked()));
    }
    if (happens(faults_.transfer)) {
      static_cast<void>(machine.transfer(any().id(), now_));
    }
    if (happens(faults_.change)) {
      static_cast<void>(machine.change(other_members(machine.log().configuration()), now_));
    }
    turn_sometimes(leader);
  }

  void propose(RaftMachine& machine, std::uint64_t count) {
    std::vector<Payload> payloads;
    for (; count > 0; --count) {
      payloads.push_back(std::make_shared<const Bytes>(random_.between(1, 16)));
    }
    static_cast<void>(machine.propose(payloads));
  }

  void trim(Replica& replica) {
    if (replica.is_up() && happens(faults_.trim)) {
      replica.trim(replica.applied() - std::min(replica.applied(), random_.below(6)));
    }
  }

  /// One step of a member: in as a learner, up, down, out. Sometimes two at once, which is refused.
  Configuration other_members(Configuration configuration) {
    do {
      const auto id = any().id();
      auto& members = configuration.members;
      const auto member = std::find_if(members.begin(), members.end(),
                                       [&id](const Member& known) { return known.node == id; });
      if (member == members.end()) {
        members.push_back({id, false, 0});
      } else if (happens(400)) {
        members.erase(member);
      } else {
        member->votes = !member->votes;
      }
    } while (happens(200));
    return configuration;
  }

  // ---- health ----

  void heal() {
    faults_ = {};
    faults_.sync = faults_.apply = faults_.eager = 1000;
    std::fill(cut_.begin(), cut_.end(), 0);
    std::fill(stalled_until_.begin(), stalled_until_.end(), now_);
    for (auto& replica : replicas_) {
      if (!replica.is_up()) {
        start(replica);
      }
    }
    Index goal = 0;
    Term goal_term = 0;
    for (int round = 0; round < healing_rounds_max && checker_.violation().empty(); ++round) {
      now_ += round_time;
      go_on();
      auto* leader = decider();
      if (leader != nullptr && leader->machine().term() != goal_term) {
        propose(leader->machine(), 1);
        goal = leader->machine().log().last_index();
        goal_term = leader->machine().term();
      }
      if (leader != nullptr && all_have(*leader, goal)) {
        return;
      }
    }
    if (checker_.violation().empty()) {
      stuck_ = true;
    }
  }

  Replica* decider() {
    for (auto& replica : replicas_) {
      if (replica.machine().decides()) {
        return &replica;
      }
    }
    return nullptr;
  }

  /// All members have applied up to `goal`.
  bool all_have(const Replica& leader, Index goal) {
    const auto& configuration = leader.machine().log().configuration();
    return std::all_of(replicas_.begin(), replicas_.end(), [&](const Replica& replica) {
      return configuration.find(replica.id()) == nullptr || replica.applied() >= goal;
    });
  }

 public:
  [[nodiscard]] bool is_stuck() const { return stuck_; }
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  const SwarmTrace& trace_;
  sim::Random random_;
  Faults faults_;
  RaftOptions options_;
  Instant now_ = Instant{} + Millis(1000);
  std::deque<Replica> replicas_;
  RaftChecker checker_{replicas_};
  std::vector<Packet> packets_;
  std::vector<Instant> contact_;  // [to][from]
  std::array<Instant, 5> leads_since_{};
  std::vector<Instant> stalled_until_;
  std::vector<int> cut_;  // side of a partition
  std::vector<std::size_t> wants_snapshot_;
  std::uint64_t steps_ = 0;
  std::string complaint_;  // of one replica about another
  bool stuck_ = false;
};

}  // namespace

SwarmOutcome run_swarm(std::uint64_t seed, const SwarmTrace& trace) {
  Swarm swarm(seed, trace);
  auto outcome = swarm.run();
  if (outcome.violation.empty() && !swarm.complaint().empty()) {
    outcome.violation = "a replica finds another one broken: " + swarm.complaint();
  }
  if (outcome.violation.empty() && swarm.is_stuck()) {
    outcome.violation = "the healed group does not go on";
  }
  return outcome;
}

}  // namespace hearth::replication::testing
