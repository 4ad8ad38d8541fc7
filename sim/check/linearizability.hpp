#pragma once
// Whether what clients saw could have come from one copy that does one operation at a time, each at
// some moment between its call and its return (Herlihy and Wing 1990).
//
// A model says what one copy would do. Operations on different keys do not touch each other, so
// each key is checked by itself: all are linearizable together exactly when each is.

#include "messages/base/types.hpp"
#include "sim/check/linearization_search.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::sim {

/// One copy of what is under one key. `step` gives the state after an operation, or nothing where
/// it cannot have had this output in this state; without output, nobody saw one. What `is_read` of
/// never gives another state.
template <class Model>
concept SequentialModel = std::totally_ordered<typename Model::State> &&
    requires(const typename Model::State& state, const typename Model::Input& input,
             const typename Model::Output* output) {
  { Model::initial() } -> std::same_as<typename Model::State>;
  { Model::step(state, input, output) } -> std::same_as<std::optional<typename Model::State>>;
  { Model::is_read(input) } -> std::same_as<bool>;
  { Model::describe(input, output) } -> std::same_as<std::string>;
  { Model::describe(state) } -> std::same_as<std::string>;
};

/// What a client did, on one key.
template <SequentialModel Model>
struct Operation {
  struct Answer {
    Instant at;
    typename Model::Output output;
  };

  std::string key;
  std::uint64_t client = 0;  ///< For the explanation; clients may have operations side by side.
  typename Model::Input input;
  Instant called;
  std::optional<Answer> answer;  ///< Nothing: it may have taken effect, later too, or not.
};

struct LinearizabilityLimits {
  /// Of one key, in each of some searches: about a hundred bytes each.
  std::uint64_t configurations_max = 5'000'000;
};

struct Linearizability {
  Verdict verdict = Verdict::linearizable;
  std::string key;             ///< Of those that are not linearizable, the one with the least
                               ///< operations; else one that is undecided.
  std::size_t operations = 0;  ///< Under this key, up to where it stops to be linearizable.
  std::string explanation;     ///< For people. Empty where all is well.
};

/// What an explanation tells of one operation.
struct OperationText {
  std::uint64_t client;
  std::string what;
  Interval interval;
};

/// What is wrong with a key, in text. `order`: the longest that fits, up to `end`.
struct StuckKey {
  std::string key;
  std::vector<OperationText> operations;
  std::vector<std::pair<std::size_t, std::string>> order;  ///< Operation, and the state after it.
  std::string initial;
  Instant end;
};

[[nodiscard]] std::string explain(const StuckKey& stuck);

/// The first return up to which the history is not linearizable. Precondition: as a whole it is
/// not.
[[nodiscard]] Instant first_impossible_return(const std::vector<Interval>& intervals,
                                              const LinearizationSearch& search,
                                              std::uint64_t configurations_max);

/// The operations of one key, and the search in them.
template <SequentialModel Model>
class LinearizabilityOfKey final {
 public:
  using State = typename Model::State;

  LinearizabilityOfKey(std::string key, std::vector<const Operation<Model>*> operations)
      : key_(std::move(key)), operations_(std::move(operations)) {
    for (const auto* operation : operations_) {
      const auto& answer = operation->answer;
      intervals_.push_back({operation->called, answer ? std::optional(answer->at) : std::nullopt,
                            Model::is_read(operation->input)});
    }
    number_of(Model::initial());
  }
  LinearizabilityOfKey(const LinearizabilityOfKey&) = delete;
  LinearizabilityOfKey& operator=(const LinearizabilityOfKey&) = delete;

  Linearizability check(const LinearizabilityLimits& limits) {
    const auto verdict = search_.run(limits.configurations_max).verdict;
    Linearizability result{verdict, key_, operations_.size(), {}};
    if (verdict == Verdict::undecided) {
      result.explanation = "key " + key_ + ": gave up after " +
                           std::to_string(limits.configurations_max) + " configurations";
    } else if (verdict == Verdict::not_linearizable) {
      const auto end = first_impossible_return(intervals_, search_, limits.configurations_max);
      result.operations = static_cast<std::size_t>(
          std::count_if(intervals_.begin(), intervals_.end(),
                        [end](const Interval& interval) { return interval.called <= end; }));
      result.explanation = explain(stuck_at(end, limits.configurations_max));
    }
    return result;
  }

 private:
  LinearizationSearch::State number_of(const State& state) {
    const auto [found, is_new] =
        numbers_.emplace(state, static_cast<LinearizationSearch::State>(numbers_.size()));
    if (is_new) {
      states_.push_back(&found->first);
    }
    return found->second;
  }

  static const typename Model::Output* output_of(const Operation<Model>& operation) {
    return operation.answer ? &operation.answer->output : nullptr;
  }

  std::optional<LinearizationSearch::State> step(LinearizationSearch::State state,
                                                 std::size_t index) {
    const auto& operation = *operations_[index];
    const auto next = Model::step(*states_[state], operation.input, output_of(operation));
    return next ? std::optional(number_of(*next)) : std::nullopt;
  }

  StuckKey stuck_at(Instant end, std::uint64_t configurations_max) {
    StuckKey stuck{key_, {}, {}, Model::describe(Model::initial()), end};
    for (std::size_t index = 0; index < operations_.size(); ++index) {
      const auto& operation = *operations_[index];
      stuck.operations.push_back({operation.client,
                                  Model::describe(operation.input, output_of(operation)),
                                  intervals_[index]});
    }
    for (const auto& [operation, after] : search_.run(end, configurations_max).order) {
      stuck.order.emplace_back(operation, Model::describe(*states_[after]));
    }
    return stuck;
  }

  const std::string key_;
  const std::vector<const Operation<Model>*> operations_;
  std::vector<Interval> intervals_;
  std::map<State, LinearizationSearch::State> numbers_;
  std::vector<const State*> states_;
  const LinearizationSearch::Step step_ = [this](LinearizationSearch::State state,
                                                 std::size_t index) { return step(state, index); };
  const LinearizationSearch search_{intervals_, step_};
};

/// Checks a history, in any order.
template <SequentialModel Model>
Linearizability check_linearizability(const std::vector<Operation<Model>>& history,
                                      const LinearizabilityLimits& limits = {}) {
  std::map<std::string, std::vector<const Operation<Model>*>> by_key;
  for (const auto& operation : history) {
    by_key[operation.key].push_back(&operation);
  }
  Linearizability worst;
  for (auto& [key, operations] : by_key) {
    auto found = LinearizabilityOfKey<Model>(key, std::move(operations)).check(limits);
    const bool fails = found.verdict == Verdict::not_linearizable;
    const bool is_worse =
        fails ? worst.verdict != Verdict::not_linearizable || found.operations < worst.operations
              : found.verdict == Verdict::undecided && worst.verdict == Verdict::linearizable;
    if (is_worse) {
      worst = std::move(found);
    }
  }
  return worst;
}

}  // namespace hearth::sim
