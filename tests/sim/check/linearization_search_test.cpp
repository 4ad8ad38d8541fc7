// The search against one that tries every order of every choice of operations.

#include "sim/check/linearization_search.hpp"

#include "sim/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hearth::sim {
namespace {

/// Reads and writes of one small register.
struct Case {
  struct Access {
    bool is_write;
    std::uint32_t value;
  };
  std::vector<Interval> intervals;
  std::vector<Access> accesses;

  [[nodiscard]] std::optional<std::uint32_t> step(std::uint32_t state, std::size_t index) const {
    const auto& [is_write, value] = accesses[index];
    if (is_write) {
      return value;
    }
    return state == value || !intervals[index].returned ? std::optional(state) : std::nullopt;
  }
};

Case draw_case(Random& random) {
  Case drawn;
  const auto count = random.between(1, 6);
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto called = Instant() + Millis(random.below(12));
    Interval interval{called, called + Millis(random.below(6))};
    if (random.chance(0.15)) {
      interval.returned.reset();
    }
    drawn.accesses.push_back({random.chance(0.5), static_cast<std::uint32_t>(random.below(3))});
    interval.is_read = !drawn.accesses.back().is_write;
    drawn.intervals.push_back(interval);
  }
  return drawn;
}

/// By the definition: all that returned are in `order`, none before one that returned before its
/// call, and every one gave what it gave.
bool fits(const Case& tried, const std::vector<std::size_t>& order) {
  std::uint32_t state = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    for (std::size_t later = place + 1; later < order.size(); ++later) {
      const auto& returned = tried.intervals[order[later]].returned;
      if (returned && *returned < tried.intervals[order[place]].called) {
        return false;
      }
    }
    const auto next = tried.step(state, order[place]);
    if (!next) {
      return false;
    }
    state = *next;
  }
  return true;
}

bool linearizable_by_force(const Case& tried) {
  const auto count = tried.intervals.size();
  for (unsigned chosen = 0; chosen < 1U << count; ++chosen) {
    std::vector<std::size_t> order;
    bool whole = true;
    for (std::size_t index = 0; index < count; ++index) {
      const bool is_in = (chosen >> index & 1U) != 0;
      whole = whole && (is_in || !tried.intervals[index].returned);
      if (is_in) {
        order.push_back(index);
      }
    }
    while (whole) {
      if (fits(tried, order)) {
        return true;
      }
      whole = std::next_permutation(order.begin(), order.end());
    }
  }
  return false;
}

TEST(LinearizationSearch, AgreesWithEveryOrderTriedOnSmallHistories) {
  Random random(1);
  int good = 0;
  constexpr int cases = 20'000;
  for (int number = 0; number < cases; ++number) {
    const auto drawn = draw_case(random);
    const LinearizationSearch::Step step = [&drawn](std::uint32_t state, std::size_t index) {
      return drawn.step(state, index);
    };
    const auto outcome = LinearizationSearch(drawn.intervals, step).run(1'000'000);
    const bool expected = linearizable_by_force(drawn);
    ASSERT_EQ(outcome.verdict == Verdict::linearizable, expected) << "case " << number;
    good += expected ? 1 : 0;
    if (expected) {
      std::vector<std::size_t> order;
      for (const auto& placed : outcome.order) {
        order.push_back(placed.operation);
      }
      ASSERT_TRUE(fits(drawn, order)) << "case " << number;
    }
  }
  EXPECT_GT(good, cases / 5);
  EXPECT_LT(good, cases * 4 / 5);
}

TEST(LinearizationSearch, LeavesOutWhatCameAfterTheEnd) {
  const auto at = [](int milliseconds) { return Instant() + Millis(milliseconds); };
  Case history{{{at(0), at(1)}, {at(2), at(5), true}}, {{true, 1}, {false, 2}}};
  const LinearizationSearch::Step step = [&history](std::uint32_t state, std::size_t index) {
    return history.step(state, index);
  };
  const LinearizationSearch search(history.intervals, step);
  EXPECT_EQ(search.run(at(4), 100).verdict, Verdict::linearizable);
  EXPECT_EQ(search.run(at(5), 100).verdict, Verdict::not_linearizable);
  EXPECT_EQ(search.run(at(5), 100).order.size(), 1U);
}

}  // namespace
}  // namespace hearth::sim
