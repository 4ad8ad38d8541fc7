#pragma once
// A group of replicas whose every step somebody else chooses.

#include "tests/actors/replication/replica.hpp"

#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace hearth::replication::testing {

class Stage {
 public:
  RaftOptions options;  ///< Of nodes that are added from now on.

  void add(std::uint8_t number, const Configuration& configuration);
  [[nodiscard]] bool has(int number) const;
  [[nodiscard]] Replica& at(int number);
  [[nodiscard]] std::vector<int> numbers() const;
  [[nodiscard]] Instant now() const { return now_; }
  void pass(Millis time) { now_ += time; }
  /// Lets `number` hear that nothing of it is known to be lost.
  void recall(int number);

  /// Ends a turn of `number`, after `input`; what it sends waits on the stage.
  void turn(int number, const std::function<void(RaftMachine&)>& input = {});

  /// The oldest message that `wanted` takes goes to its receiver, or into the void if that is
  /// down or one of both is isolated. False if there is none.
  bool deliver(const std::function<bool(const Message&)>& wanted, bool keep = false);
  bool lose(const std::function<bool(const Message&)>& wanted);
  void receive(const Message& message);
  bool sync(int number);
  bool apply(int number);
  /// Until nothing is left to do among `numbers`, and between them.
  void stabilize(const std::set<int>& numbers);
  void isolate(int number) { isolated_.insert(number); }
  void heal() { isolated_.clear(); }
  void crash(int number, std::size_t survivors);

  /// What was printed since the last call.
  std::string take_printout();
  void print(const std::string& text) { printout_ += text; }

 private:
  Instant now_ = Instant{} + Millis(1);
  std::deque<Replica> replicas_;
  std::deque<Message> messages_;
  std::set<int> isolated_;
  std::set<int> snapshots_;  // asked for
  std::string printout_;
};

}  // namespace hearth::replication::testing
