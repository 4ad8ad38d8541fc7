// Histories that everybody can judge, each with the reason.

#include "sim/check/linearizability.hpp"

#include "sim/random.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hearth::sim {
namespace {

/// A number that is read, written, compared and set, or increased.
struct Register {
  struct Input {
    enum class Kind { read, write, compare_and_set, increase } kind;
    int value = 0;
    int compared_with = 0;
  };
  using Output = int;  // read: what was there; compare_and_set: 1 where it did; increase: after it
  using State = int;

  static State initial() { return 0; }

  static std::optional<State> step(State state, const Input& input, const Output* output) {
    State next = state;
    Output expected = 0;
    switch (input.kind) {
      case Input::Kind::read: expected = state; break;
      case Input::Kind::write: next = input.value; break;
      case Input::Kind::compare_and_set:
        expected = state == input.compared_with ? 1 : 0;
        next = expected == 1 ? input.value : state;
        break;
      case Input::Kind::increase: expected = next = state + 1; break;
    }
    return output == nullptr || *output == expected ? std::optional(next) : std::nullopt;
  }

  static bool is_read(const Input& input) { return input.kind == Input::Kind::read; }
  static std::string describe(const Input& input, const Output* output) {
    const char* const kinds[] = {"read", "write", "compare_and_set", "increase"};
    return std::string(kinds[static_cast<int>(input.kind)]) + " " + std::to_string(input.value) +
           (output == nullptr ? "" : " -> " + std::to_string(*output));
  }
  static std::string describe(State state) { return std::to_string(state); }
};

using Kind = Register::Input::Kind;
using History = std::vector<Operation<Register>>;

Instant at(int milliseconds) {
  return Instant() + Millis(milliseconds);
}

Operation<Register> done(int called, int returned, Register::Input input, int output,
                         const std::string& key = "k") {
  return {key, 1, input, at(called), {{at(returned), output}}};
}
Operation<Register> pending(int called, Register::Input input) {
  return {"k", 2, input, at(called), std::nullopt};
}

Register::Input read() {
  return {Kind::read};
}
Register::Input write(int value) {
  return {Kind::write, value};
}
Register::Input compare_and_set(int from, int to) {
  return {Kind::compare_and_set, to, from};
}
Register::Input increase() {
  return {Kind::increase};
}

bool linearizable(const History& history) {
  return check_linearizability(history).verdict == Verdict::linearizable;
}

TEST(Linearizability, HoldsForNothing) {
  EXPECT_TRUE(linearizable({}));
}

TEST(Linearizability, LetsAReadSeeOldOrNewWhileAWriteIsUnderWay) {
  EXPECT_TRUE(linearizable({done(0, 10, write(1), 0), done(2, 3, read(), 0)}));
  EXPECT_TRUE(linearizable({done(0, 10, write(1), 0), done(2, 3, read(), 1)}));
}

TEST(Linearizability, ForbidsAStaleRead) {
  EXPECT_FALSE(linearizable({done(0, 1, write(1), 0), done(2, 3, read(), 0)}));
}

TEST(Linearizability, ForbidsAReadThatGoesBackInTime) {
  EXPECT_FALSE(
      linearizable({done(0, 10, write(1), 0), done(2, 3, read(), 1), done(4, 5, read(), 0)}));
}

TEST(Linearizability, TakesAReturnAndACallInOneMomentAsConcurrent) {
  EXPECT_TRUE(linearizable({done(0, 2, write(1), 0), done(2, 3, read(), 0)}));
}

TEST(Linearizability, ForbidsALostUpdate) {
  EXPECT_FALSE(linearizable({done(0, 5, increase(), 1), done(1, 6, increase(), 1)}));
  EXPECT_TRUE(linearizable({done(0, 5, increase(), 2), done(1, 6, increase(), 1)}));
}

TEST(Linearizability, ForbidsAnOperationThatTookEffectTwice) {
  EXPECT_FALSE(linearizable({done(0, 1, increase(), 1), done(2, 3, read(), 2)}));
}

TEST(Linearizability, LetsOneOfTwoComparisonsWin) {
  const auto first = done(0, 5, compare_and_set(0, 1), 1);
  EXPECT_TRUE(linearizable({first, done(1, 6, compare_and_set(0, 2), 0), done(7, 8, read(), 1)}));
  EXPECT_FALSE(linearizable({first, done(1, 6, compare_and_set(0, 2), 1)}));
}

TEST(Linearizability, LetsWhatNeverReturnedTakeEffectLaterOrNever) {
  EXPECT_TRUE(linearizable({pending(0, write(1)), done(2, 3, read(), 0)}));
  EXPECT_TRUE(linearizable({pending(0, write(1)), done(2, 3, read(), 1)}));
  EXPECT_TRUE(linearizable({pending(0, write(1)), done(2, 3, read(), 0), done(50, 51, read(), 1)}));
  EXPECT_FALSE(
      linearizable({pending(0, write(1)), done(2, 3, read(), 1), done(50, 51, read(), 0)}));
  EXPECT_FALSE(linearizable({pending(4, write(1)), done(2, 3, read(), 1)}));
  EXPECT_FALSE(linearizable({pending(0, increase()), done(2, 3, read(), 2)}));
}

TEST(Linearizability, KeepsKeysApart) {
  EXPECT_TRUE(linearizable({done(0, 1, write(1), 0, "a"), done(2, 3, read(), 0, "b")}));
}

TEST(Linearizability, NamesTheKeyWithTheLeastOperationsAndWhereItStuck) {
  History history{done(0, 1, write(1), 0, "long"), done(2, 3, write(2), 0, "long"),
                  done(4, 5, read(), 1, "long"),   done(0, 1, write(7), 0, "short"),
                  done(2, 3, read(), 8, "short"),  done(9, 10, read(), 7, "short"),
                  done(0, 1, write(1), 0, "good")};
  const auto found = check_linearizability(history);
  EXPECT_EQ(found.verdict, Verdict::not_linearizable);
  EXPECT_EQ(found.key, "short");
  EXPECT_EQ(found.operations, 2U);
  EXPECT_EQ(found.explanation,
            "key short: no order fits any more at 3.000 ms\n"
            "the longest order that fits has 1 operations:\n"
            "  client 1: write 7 -> 0  [0.000 ms, 1.000 ms]\n"
            "    then the state is 7\n"
            "no place is left for what had returned:\n"
            "  client 1: read 0 -> 8  [2.000 ms, 3.000 ms]\n");
}

TEST(Linearizability, SaysThatItGaveUp) {
  History history;
  for (int writer = 0; writer < 20; ++writer) {
    history.push_back(done(0, 10, write(writer), 0));
  }
  history.push_back(done(11, 12, read(), 99));
  const auto found = check_linearizability(history, {1000});
  EXPECT_EQ(found.verdict, Verdict::undecided);
  EXPECT_FALSE(found.explanation.empty());
}

TEST(Linearizability, TriesReadsSideBySideInOneOrderOnly) {
  History history{pending(0, write(1))};
  for (int reader = 0; reader < 30; ++reader) {
    history.push_back(done(0, 10, read(), reader % 2));
  }
  history.push_back(done(11, 12, read(), 99));
  EXPECT_EQ(check_linearizability(history, {2000}).verdict, Verdict::not_linearizable);
}

/// Several clients of a correct store, each with one operation at a time; a few never return.
History history_of_a_store(std::uint64_t seed, std::size_t operations, std::uint64_t keys) {
  constexpr std::uint64_t clients = 16;
  Random random(seed);
  std::vector<int> free_at(clients, 0);
  std::map<std::string, Register::State> store;
  History history;
  while (history.size() < operations) {
    // The client whose turn is next, so that effects are in order of time.
    const auto client = static_cast<std::size_t>(std::min_element(free_at.begin(), free_at.end()) -
                                                 free_at.begin());
    const int effect = free_at[client] + 20;
    const auto kind = static_cast<Kind>(random.below(4));
    const Register::Input input{kind, static_cast<int>(random.below(5)),
                                static_cast<int>(random.below(5))};
    const auto key = std::to_string(random.below(keys));
    auto& state = store[key];
    int output = kind == Kind::read ? state : 0;
    output = kind == Kind::increase ? state + 1 : output;
    output = kind == Kind::compare_and_set && state == input.compared_with ? 1 : output;
    state = *Register::step(state, input, nullptr);
    Operation<Register> operation{key, client, input,
                                  at(effect - static_cast<int>(random.below(20))), std::nullopt};
    free_at[client] = effect + 1 + static_cast<int>(random.below(40));
    if (!random.chance(0.003)) {
      operation.answer = {at(effect + static_cast<int>(random.below(20))), output};
    }
    history.push_back(operation);
  }
  return history;
}

TEST(Linearizability, HoldsForLongHistoriesOfACorrectStore) {
  EXPECT_TRUE(linearizable(history_of_a_store(1, 10'000, 100)));
  EXPECT_TRUE(linearizable(history_of_a_store(2, 10'000, 10)));
  EXPECT_TRUE(linearizable(history_of_a_store(3, 2'000, 1)));
}

TEST(Linearizability, FindsOneWrongAnswerInALongHistory) {
  auto history = history_of_a_store(4, 10'000, 100);
  const auto wrong = std::find_if(history.begin() + 5000, history.end(), [](const auto& operation) {
    return operation.input.kind == Kind::read && operation.answer;
  });
  wrong->answer->output = -1;
  const auto found = check_linearizability(history);
  EXPECT_EQ(found.verdict, Verdict::not_linearizable);
  EXPECT_EQ(found.key, wrong->key);
  EXPECT_NE(found.explanation.find("-> -1"), std::string::npos) << found.explanation;
}

}  // namespace
}  // namespace hearth::sim
