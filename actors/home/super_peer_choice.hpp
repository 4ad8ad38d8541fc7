#pragma once

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace hearth::home {

/// Which super-peers a home keeps connections to: the nearest two, primary and standby. While fewer
/// than two of the chosen ones are connected, further ones stand in, one more every 3 s, or every
/// half second while none is; once nearer ones have been enough for a minute, they may go. Pure.
class SuperPeerChoice {
 public:
  static constexpr std::size_t wanted = 2;
  static constexpr Millis patience{3000};
  static constexpr Millis patience_alone{500};
  static constexpr Millis calm{60'000};

  /// Nearest first.
  explicit SuperPeerChoice(std::vector<NodeId> candidates);

  /// To be connected.
  [[nodiscard]] std::vector<NodeId> chosen() const;
  /// Those that were chosen stay so, if they are still candidates.
  void replace(std::vector<NodeId> candidates);

  struct Change {
    std::optional<NodeId> stand_in;  ///< To be connected from now on.
    std::vector<NodeId> let_go;      ///< No longer.
  };
  [[nodiscard]] Change review(const std::function<bool(const NodeId&)>& is_up, Instant now);
  /// As of the last review: as many as wanted are there, and none beyond.
  [[nodiscard]] bool is_settled() const { return state_ == State::enough; }

 private:
  enum class State : std::uint8_t { enough, too_few, too_many };
  /// Where fewer are enough than before, their time begins anew.
  void enter(State state, std::size_t enough, Instant now);

  std::vector<NodeId> candidates_;
  std::size_t chosen_;  ///< The first of the candidates.
  State state_ = State::enough;
  std::size_t enough_ = 0;  ///< That many of the nearest are.
  Instant since_{};
};

}  // namespace hearth::home
