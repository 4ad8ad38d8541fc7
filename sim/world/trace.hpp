#pragma once

#include "messages/base/types.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::sim {

/// What a run did, as one number: a rolling hash over (virtual time, node, actor, what happened,
/// numbers drawn). Never over pointers, CAF ids or bytes of SST files, which differ between runs
/// that did the same. Source of the mixing: splitmix64, https://prng.di.unimi.it.
class Trace final {
 public:
  /// One event as a person reads it. Strings are valid during the call.
  struct Line {
    std::uint64_t number = 0;
    Instant at{};
    std::string_view node;
    std::string_view actor;
    std::string_view kind;
    const std::function<std::string()>* detail = nullptr;
  };
  using Reader = std::function<void(const Line&)>;
  /// Distance of the marks that bisection compares.
  static constexpr std::uint64_t mark_every = 4096;

  /// Called for every event from `first` on.
  void read(Reader reader, std::uint64_t first = 0) {
    reader_ = std::move(reader);
    first_ = first;
  }

  /// `detail` is only called when somebody reads.
  void note(Instant at, std::string_view node, std::string_view actor, std::string_view kind,
            std::uint64_t number = 0, const std::function<std::string()>& detail = {});

  /// A message among messages: only what was drawn is in the hash, for its names are slow.
  template <class Describe>
  void step(Instant at, std::uint64_t drawn, std::uint64_t ready, const Describe& describe) {
    mix(static_cast<std::uint64_t>(at.time_since_epoch().count()));
    mix(drawn << 32U | ready);
    if (reader_ && events_ >= first_) {
      const auto text = describe();
      reader_({events_, at, text.node, text.actor, text.message, nullptr});
    }
    count();
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// The hash after every `mark_every` events.
  [[nodiscard]] const std::vector<std::uint64_t>& marks() const { return marks_; }

 private:
  void count();
  void mix(std::uint64_t value);
  void mix(std::string_view text);

  std::uint64_t hash_ = 0x9e3779b97f4a7c15;
  std::uint64_t events_ = 0;
  std::vector<std::uint64_t> marks_;
  Reader reader_;
  std::uint64_t first_ = 0;
};

}  // namespace hearth::sim
