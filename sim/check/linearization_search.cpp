#include "sim/check/linearization_search.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace hearth::sim {

namespace {

using State = LinearizationSearch::State;
using Words = std::vector<std::uint64_t>;

constexpr std::size_t none = static_cast<std::size_t>(-1);
constexpr std::size_t word_bits = 64;

struct HashOfWords {
  std::size_t operator()(const Words& words) const {
    std::uint64_t hash = words.size();
    for (const auto word : words) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
      hash ^= hash >> 32U;
    }
    return hash;
  }
};

/// The operations in the order so far. They are numbered by call, so all but the last few are in.
class Members {
 public:
  explicit Members(std::size_t count) : words_(count / word_bits + 1) {}

  void flip(std::size_t member) {
    words_[member / word_bits] ^= std::uint64_t{1} << member % word_bits;
    first_open_ = std::min(first_open_, member / word_bits);
    while (words_[first_open_] == ~std::uint64_t{0}) {
      ++first_open_;
    }
    end_ = std::max(end_, member / word_bits + 1);
    while (end_ > first_open_ && words_[end_ - 1] == 0) {
      --end_;
    }
  }

  /// Without the words at the begin that are full and those at the end that are empty.
  [[nodiscard]] Words configuration(State state) const {
    Words result{state, first_open_};
    result.insert(result.end(), words_.begin() + static_cast<std::ptrdiff_t>(first_open_),
                  words_.begin() + static_cast<std::ptrdiff_t>(end_));
    return result;
  }

 private:
  Words words_;  // never all full: the last bit has no member
  std::size_t first_open_ = 0;
  std::size_t end_ = 0;
};

/// Calls and returns in order of time, linked, so that those of an operation are taken out and put
/// back at once.
class Timeline {
 public:
  struct Event {
    std::size_t operation = none;
    bool is_return = false;
    std::size_t other = none;  // of the same operation, where it returned
    std::size_t next = none;
    std::size_t previous = none;
  };

  Timeline(const std::vector<Interval>& intervals, Instant end) {
    std::vector<std::tuple<Instant, bool, std::size_t>> moments;
    for (std::size_t operation = 0; operation < intervals.size(); ++operation) {
      const auto& interval = intervals[operation];
      if (interval.called > end) {
        continue;
      }
      moments.emplace_back(interval.called, false, operation);
      if (interval.returned && *interval.returned <= end) {
        moments.emplace_back(*interval.returned, true, operation);
      }
    }
    std::sort(moments.begin(), moments.end());
    link(moments, intervals.size());
  }

  [[nodiscard]] std::size_t first() const { return events_[0].next; }
  [[nodiscard]] const Event& at(std::size_t event) const { return events_[event]; }
  [[nodiscard]] std::size_t returns_left() const { return returns_left_; }

  /// `call` and the return that belongs to it.
  void take_out(std::size_t call) {
    unlink(call);
    if (events_[call].other != none) {
      unlink(events_[call].other);
      --returns_left_;
    }
  }

  /// What was taken out last.
  void put_back(std::size_t call) {
    if (events_[call].other != none) {
      relink(events_[call].other);
      ++returns_left_;
    }
    relink(call);
  }

 private:
  void link(const std::vector<std::tuple<Instant, bool, std::size_t>>& moments,
            std::size_t operations) {
    std::vector<std::size_t> call_of(operations, none);
    events_.resize(moments.size() + 1);  // the first is the head
    for (std::size_t event = 1; event < events_.size(); ++event) {
      const auto [when, is_return, operation] = moments[event - 1];
      events_[event] = {operation, is_return, none, none, event - 1};
      events_[event - 1].next = event;
      if (is_return) {
        events_[event].other = call_of[operation];
        events_[call_of[operation]].other = event;
        ++returns_left_;
      } else {
        call_of[operation] = event;
      }
    }
  }

  void unlink(std::size_t event) {
    const auto [next, previous] = std::pair(events_[event].next, events_[event].previous);
    events_[previous].next = next;
    if (next != none) {
      events_[next].previous = previous;
    }
  }

  void relink(std::size_t event) {
    const auto [next, previous] = std::pair(events_[event].next, events_[event].previous);
    events_[previous].next = event;
    if (next != none) {
      events_[next].previous = event;
    }
  }

  std::vector<Event> events_;
  std::size_t returns_left_ = 0;
};

/// Position of each operation among all, by call.
std::vector<std::size_t> numbers_by_call(const std::vector<Interval>& intervals) {
  std::vector<std::size_t> order(intervals.size());
  for (std::size_t operation = 0; operation < order.size(); ++operation) {
    order[operation] = operation;
  }
  std::sort(order.begin(), order.end(), [&intervals](std::size_t a, std::size_t b) {
    return std::pair(intervals[a].called, a) < std::pair(intervals[b].called, b);
  });
  std::vector<std::size_t> numbers(order.size());
  for (std::size_t number = 0; number < order.size(); ++number) {
    numbers[order[number]] = number;
  }
  return numbers;
}

class Walk {
 public:
  Walk(const std::vector<Interval>& intervals, const LinearizationSearch::Step& step, Instant end)
      : intervals_(intervals),
        step_(step),
        timeline_(intervals, end),
        numbers_(numbers_by_call(intervals)),
        members_(intervals.size() + 1),
        at_(timeline_.first()) {}

  LinearizationSearch::Outcome run(std::uint64_t configurations_max) {
    while (timeline_.returns_left() > 0) {
      if (visited_.size() >= configurations_max) {
        return outcome(Verdict::undecided);
      }
      const auto& event = timeline_.at(at_);
      if (event.is_return) {  // nothing fits any more before it
        if (!take_back()) {
          return outcome(Verdict::not_linearizable);
        }
      } else if (!place(at_)) {
        at_ = event.next;
      }
    }
    longest_.clear();
    return outcome(Verdict::linearizable);
  }

 private:
  struct Placement {
    std::size_t call;
    State before;
    State after;
  };

  /// False where `call` does not fit, or leads where the search has been.
  bool place(std::size_t call) {
    const auto operation = timeline_.at(call).operation;
    const auto next = step_(state_, operation);
    if (!next) {
      return false;
    }
    members_.flip(numbers_[operation]);
    if (!visited_.insert(members_.configuration(*next)).second) {
      members_.flip(numbers_[operation]);
      return false;
    }
    placed_.push_back({call, state_, *next});
    state_ = *next;
    timeline_.take_out(call);
    at_ = timeline_.first();
    return true;
  }

  /// To the last operation that is no read. False: there is none.
  bool take_back() {
    if (placed_.size() > longest_.size()) {
      longest_ = placed_;
    }
    while (!placed_.empty()) {
      const auto last = placed_.back();
      placed_.pop_back();
      state_ = last.before;
      timeline_.put_back(last.call);
      const auto operation = timeline_.at(last.call).operation;
      members_.flip(numbers_[operation]);
      if (!intervals_[operation].is_read) {
        at_ = timeline_.at(last.call).next;
        return true;
      }
    }
    return false;
  }

  LinearizationSearch::Outcome outcome(Verdict verdict) const {
    LinearizationSearch::Outcome result{verdict, {}, visited_.size()};
    for (const auto& placement : placed_.size() >= longest_.size() ? placed_ : longest_) {
      result.order.push_back({timeline_.at(placement.call).operation, placement.after});
    }
    return result;
  }

  const std::vector<Interval>& intervals_;
  const LinearizationSearch::Step& step_;
  Timeline timeline_;
  std::vector<std::size_t> numbers_;
  Members members_;
  std::size_t at_;
  State state_ = 0;
  std::vector<Placement> placed_;
  std::vector<Placement> longest_;
  std::unordered_set<Words, HashOfWords> visited_;
};

}  // namespace

LinearizationSearch::Outcome LinearizationSearch::run(Instant end,
                                                      std::uint64_t configurations_max) const {
  return Walk(intervals_, step_, end).run(configurations_max);
}

}  // namespace hearth::sim
