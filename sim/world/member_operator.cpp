#include "sim/world/member_operator.hpp"

#include <utility>
#include <variant>

namespace hearth::sim {

namespace {

constexpr Millis pause{200};
/// More than a directory takes that waits for others.
constexpr Millis patience{5000};

}  // namespace

MemberOperator::MemberOperator(Timers& timers, std::uint32_t groups, Order order,
                               std::function<void(const replication::MemberGoal&)> done)
    : timers_(timers), groups_(groups), order_(std::move(order)), done_(std::move(done)) {}

void MemberOperator::pursue(const replication::MemberGoal& goal) {
  goals_.push_back(goal);
  if (goals_.size() == 1) {
    look_again();
  }
}

/// Whoever is asked may die: then nobody answers.
void MemberOperator::give(replication::OperatorOrder order, Answered answered) {
  const auto turn = ++turn_;
  const auto in_turn = [this, turn](const auto& then) {
    return [this, turn, then](const auto&... answer) {
      if (turn == turn_) {
        then(answer...);
      }
    };
  };
  timers_.after(patience, in_turn([this] { look(); }));
  static_cast<void>(order_(order, in_turn(std::move(answered))));
}

void MemberOperator::look_again() {
  const auto turn = ++turn_;
  timers_.after(pause, [this, turn] {
    if (turn == turn_) {
      look();
    }
  });
}

void MemberOperator::look() {
  give({replication::SurveyGroup{GroupId{group_}}},
       [this](const replication::OperatorAnswer& answer) {
         const auto* survey = std::get_if<replication::ClusterSurvey>(&answer.what);
         survey != nullptr ? on_survey(*survey) : look_again();
       });
}

/// What cannot be done now may come right.
void MemberOperator::on_survey(const replication::ClusterSurvey& survey) {
  const auto step = replication::next_step(survey, goals_.front());
  if (step && std::holds_alternative<replication::GoalReached>(step.value())) {
    return group_done();
  }
  if (step && std::holds_alternative<replication::ProposeMembers>(step.value())) {
    return give({std::get<replication::ProposeMembers>(step.value()).change},
                [this](const replication::OperatorAnswer&) { look_again(); });
  }
  look_again();
}

void MemberOperator::group_done() {
  if (++group_ == groups_) {
    group_ = 0;
    const auto goal = goals_.front();
    goals_.pop_front();
    done_(goal);
  }
  if (!goals_.empty()) {
    look();
  }
}

}  // namespace hearth::sim
