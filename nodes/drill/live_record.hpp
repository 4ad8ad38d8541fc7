#pragma once
// What the people of a live run noticed, counted for the probes in the way of the simulator.

#include "messages/base/types.hpp"
#include "sim/drill/recovery.hpp"
#include "sim/drill/window.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::drill {

/// Any thread.
class LiveRecord final {
 public:
  /// A player that has waited so long is not served in time, and one that waited less than
  /// `hiccup` did not notice.
  static constexpr Millis late{3000};
  static constexpr Millis hiccup{200};

  /// How long the cluster took to come up is no part of its steady state.
  void begin();

  /// A page of the home was asked by this person. `took`: nothing where it did not come.
  void asked_page(std::size_t person, Instant at, std::optional<Millis> took);

  // Of the player number `player`: it asks for a title, gets bytes, wants more of them.
  void asked_stream(std::size_t player, Instant at);
  void wants_bytes(std::size_t player, Instant at);
  void got_bytes(std::size_t player, Instant at, std::size_t count);
  /// Its transfer ended before its time; it goes on asking.
  void stream_broke(std::size_t player, Instant at);
  void stream_ended(std::size_t player);

  void saw_error_lines(std::uint64_t lines);

  /// For how long the player has waited for bytes; 0: it does not.
  [[nodiscard]] Millis waits(std::size_t player, Instant now) const;

  /// Of `drill::probes()`; nothing where there is nothing to measure yet.
  [[nodiscard]] std::optional<double> probe(std::string_view name, Instant now);
  /// Streams that broke and went on, of those that broke. Nothing: none broke.
  [[nodiscard]] std::optional<double> resumed_ratio() const;
  [[nodiscard]] std::map<std::string, std::uint64_t> counters() const;

 private:
  struct Player {
    std::optional<Instant> asked_at;     ///< While it has had no byte of its title.
    std::optional<Instant> waits_since;  ///< For more.
    bool began = false;
    bool broken = false;
  };

  [[nodiscard]] std::optional<double> stream_success(Instant now);
  [[nodiscard]] std::optional<double> share_of_pages() const;
  void break_late(Player& player, Instant at);
  void break_now(Player& player);

  mutable std::mutex mutex_;
  Window pages_{probe_window}, page_times_{probe_window};
  Window openings_{probe_window}, opening_times_{probe_window}, gaps_{Millis{60'000}};
  std::map<std::size_t, bool> person_has_page_;
  std::optional<bool> home_answers_;  ///< The last page that was asked came.
  std::map<std::size_t, Player> players_;
  std::uint64_t breaks_ = 0;
  std::uint64_t resumes_ = 0;
  std::uint64_t error_lines_ = 0;
  std::optional<std::uint64_t> error_lines_before_;
  std::map<std::string, std::uint64_t> counters_;
};

}  // namespace hearth::drill
