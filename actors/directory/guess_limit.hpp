#pragma once
// How often somebody may guess a secret that is short. In memory of the directory that leads:
// another one begins to count anew.

#include "messages/base/types.hpp"

#include <cstddef>
#include <map>

namespace hearth::directory {

/// Counts wrong guesses by whoever made them, within windows that begin with the first. Pure.
template <class Key>
class GuessLimit {
 public:
  static constexpr std::chrono::minutes window{10};
  static constexpr std::size_t guessers_max = 10'000;

  explicit GuessLimit(std::size_t wrong_max) : wrong_max_(wrong_max) {}

  /// False: too many were wrong. Whoever cannot be counted, because so many guess, may not guess.
  [[nodiscard]] bool may_guess(const Key& who, Instant now) const {
    const auto found = wrong_.find(who);
    if (found == wrong_.end() || is_over(found->second, now)) {
      return found != wrong_.end() || wrong_.size() < guessers_max;
    }
    return found->second.count < wrong_max_;
  }

  void was_wrong(const Key& who, Instant now) {
    auto& wrong = wrong_[who];
    if (wrong.count == 0 || is_over(wrong, now)) {
      wrong = {0, now};
    }
    ++wrong.count;
  }

  void expire(Instant now) {
    std::erase_if(wrong_, [&](const auto& entry) { return is_over(entry.second, now); });
  }

  [[nodiscard]] bool is_idle() const { return wrong_.empty(); }

 private:
  struct Wrong {
    std::size_t count = 0;
    Instant since{};
  };
  [[nodiscard]] static bool is_over(const Wrong& wrong, Instant now) {
    return now - wrong.since >= window;
  }

  std::size_t wrong_max_;
  std::map<Key, Wrong> wrong_;
};

}  // namespace hearth::directory
