#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hearth::sim {

/// All chance in a simulation: the same numbers for the same seed, on every platform, which the
/// distributions of the standard library do not promise.
///
/// Every part of a simulation draws from a fork of its own: one more draw in one part then changes
/// nothing in the others. Source: xoshiro256** and splitmix64, https://prng.di.unimi.it.
class Random final {
 public:
  explicit Random(std::uint64_t seed);
  Random(const Random&) = delete;  // a copy would draw the same numbers again
  Random& operator=(const Random&) = delete;
  Random(Random&&) = default;
  Random& operator=(Random&&) = default;

  std::uint64_t next();

  /// From 0 to `end` - 1, each as likely. Precondition: `end` > 0.
  std::uint64_t below(std::uint64_t end);

  /// From `first` to `last`, both included. Precondition: `first` <= `last`.
  std::uint64_t between(std::uint64_t first, std::uint64_t last);

  /// Whether what happens with `probability`, from 0 to 1, happens now.
  bool chance(double probability);

  /// The stream of numbers that belongs to `label`: it depends on seed and label alone, not on what
  /// was drawn before.
  [[nodiscard]] Random fork(std::string_view label) const;
  [[nodiscard]] Random fork(std::string_view label, std::uint64_t number) const;

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace hearth::sim
