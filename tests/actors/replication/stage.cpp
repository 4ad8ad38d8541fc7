#include "tests/actors/replication/stage.hpp"

#include "messages/base/check.hpp"
#include "tests/actors/replication/describe.hpp"

#include <algorithm>
#include <utility>

namespace hearth::replication::testing {

void Stage::add(std::uint8_t number, const Configuration& configuration) {
  Disk disk;
  disk.base.configuration = configuration;
  // No chance: every patience lasts one election timeout.
  replicas_.emplace_back(node(number), std::move(disk), options, [] { return std::uint64_t{0}; });
  replicas_.back().start(now_);
}

bool Stage::has(int number) const {
  return std::any_of(replicas_.begin(), replicas_.end(),
                     [number](const auto& replica) { return number_of(replica.id()) == number; });
}

Replica& Stage::at(int number) {
  const auto found =
      std::find_if(replicas_.begin(), replicas_.end(),
                   [number](const auto& replica) { return number_of(replica.id()) == number; });
  HEARTH_CHECK(found != replicas_.end());
  return *found;
}

std::vector<int> Stage::numbers() const {
  std::vector<int> numbers;
  for (const auto& replica : replicas_) {
    numbers.push_back(number_of(replica.id()));
  }
  return numbers;
}

void Stage::recall(int number) {
  turn(number, [&](RaftMachine& machine) {
    const auto& self = at(number).id();
    HEARTH_CHECK(machine.receive({self, self, 0, RecallReply{}}, now_).ok());
  });
}

void Stage::turn(int number, const std::function<void(RaftMachine&)>& input) {
  auto& replica = at(number);
  if (!replica.is_up()) {
    return;
  }
  if (input) {
    input(replica.machine());
  }
  const auto& effects = replica.turn(now_);
  printout_ += describe(replica.id(), effects);
  messages_.insert(messages_.end(), effects.messages.begin(), effects.messages.end());
  if (effects.open_snapshot) {
    snapshots_.insert(number);
  }
}

void Stage::receive(const Message& message) {
  const bool apart =
      isolated_.count(number_of(message.from)) + isolated_.count(number_of(message.to)) > 0;
  if (apart || !has(number_of(message.to))) {
    return;
  }
  turn(number_of(message.to), [&](RaftMachine& machine) {
    if (const auto received = machine.receive(message, now_); !received) {
      print("malformed: " + received.error().detail + "\n");
    }
  });
}

bool Stage::lose(const std::function<bool(const Message&)>& wanted) {
  const auto found = std::find_if(messages_.begin(), messages_.end(), wanted);
  if (found == messages_.end()) {
    return false;
  }
  messages_.erase(found);
  return true;
}

bool Stage::deliver(const std::function<bool(const Message&)>& wanted, bool keep) {
  const auto found = std::find_if(messages_.begin(), messages_.end(), wanted);
  if (found == messages_.end()) {
    return false;
  }
  const auto message = *found;
  if (!keep) {
    messages_.erase(found);
  }
  receive(message);
  return true;
}

bool Stage::sync(int number) {
  auto& replica = at(number);
  if (!replica.is_up() || !replica.sync(now_)) {
    return false;
  }
  turn(number);
  return true;
}

bool Stage::apply(int number) {
  auto& replica = at(number);
  const auto waiting = replica.to_apply();
  if (!replica.is_up() || waiting == 0) {
    return false;
  }
  replica.apply(waiting, [](const Entry&) {});
  turn(number);
  return replica.to_apply() < waiting;
}

void Stage::stabilize(const std::set<int>& numbers) {
  const auto among = [&numbers](const Message& message) {
    return numbers.count(number_of(message.from)) + numbers.count(number_of(message.to)) == 2;
  };
  for (bool busy = true; busy;) {
    busy = false;
    while (deliver(among)) {
      busy = true;
    }
    for (const auto number : numbers) {
      while (sync(number)) {
        busy = true;
      }
      busy = apply(number) || busy;
      if (snapshots_.erase(number) > 0) {
        at(number).open_snapshot(3);
        turn(number);
        busy = true;
      }
    }
  }
}

void Stage::crash(int number, std::size_t survivors) {
  at(number).crash(survivors);
  snapshots_.erase(number);
}

std::string Stage::take_printout() {
  return std::exchange(printout_, {});
}

}  // namespace hearth::replication::testing
