#pragma once
// The operator of a simulated cluster who replaces directories that are lost, as `hearth cluster
// member replace` does: looks, takes the next step in one group, looks again, group after group.

#include "actors/replication/member_plan.hpp"
#include "messages/base/ids.hpp"
#include "sim/timers.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace hearth::sim {

/// Calls from outside of actors only: between two messages.
class MemberOperator final {
 public:
  using Answered = std::function<void(const replication::OperatorAnswer&)>;
  /// Gives an order to some directory that runs, another one each time. False: none does.
  using Order = std::function<bool(const replication::OperatorOrder&, Answered)>;

  /// `timers` outlive the operator; `done` hears of each goal that is reached in all `groups`.
  MemberOperator(Timers& timers, std::uint32_t groups, Order order,
                 std::function<void(const replication::MemberGoal&)> done);

  /// In turn: one after the other.
  void pursue(const replication::MemberGoal& goal);
  [[nodiscard]] bool is_idle() const { return goals_.empty(); }

 private:
  void look();
  void look_again();
  void on_survey(const replication::ClusterSurvey& survey);
  void give(replication::OperatorOrder order, Answered answered);
  void group_done();

  Timers& timers_;
  std::uint32_t groups_;
  Order order_;
  std::function<void(const replication::MemberGoal&)> done_;
  std::deque<replication::MemberGoal> goals_;
  std::uint32_t group_ = 0;  ///< Of the first goal: those before it are done.
  std::uint64_t turn_ = 0;   ///< An answer to an earlier one is not waited for any more.
};

}  // namespace hearth::sim
