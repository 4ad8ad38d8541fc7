#include "nodes/cli/member_change.hpp"

#include "actors/replication/group_health.hpp"

#include <chrono>
#include <fmt/format.h>
#include <poll.h>

namespace hearth::cli {

namespace {

using replication::ClusterSurvey;
using replication::GoalReached;
using replication::MemberGoal;
using replication::ProposeMembers;
using replication::WaitFor;
using Clock = std::chrono::steady_clock;

constexpr Millis pause{200};
constexpr auto patience = std::chrono::minutes(1);

/// What a leader says while it cannot yet, or no longer.
bool may_come_right(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_leader:
    case ErrorCode::sequence_moved:
    case ErrorCode::change_under_way:
    case ErrorCode::learner_behind:
    case ErrorCode::no_quorum:
    case ErrorCode::timed_out:
    case ErrorCode::unreachable:
    case ErrorCode::outcome_unknown:
    case ErrorCode::overloaded: return true;
    default: return false;
  }
}

/// How far a change has come, for telling whether anything moves.
std::string progress_of(const ClusterSurvey& survey) {
  const auto* leader = replication::leader_of(survey);
  if (leader == nullptr) {
    return {};
  }
  auto text = fmt::format("{}", leader->replica->members_index);
  for (const auto& follower : leader->replica->followers) {
    text += fmt::format(" {}", follower.match);
  }
  return text;
}

std::string why(const Error& error) {
  return error.detail.empty() ? std::string(explanation_of(error.code)) : error.detail;
}

class Change {
 public:
  Change(const ClusterClient& client, GroupId group, const MemberGoal& goal,
         const std::function<void(const std::string&)>& told)
      : client_(client), group_(group), goal_(goal), told_(told) {}

  Result<void> run() {
    moved_at_ = Clock::now();
    while (Clock::now() - moved_at_ < patience) {
      const auto ended = step();
      if (!ended) {
        return ended.error();
      }
      if (ended.value()) {
        return {};
      }
      ::poll(nullptr, 0, static_cast<int>(pause.count()));
    }
    return Error{ErrorCode::outcome_unknown,
                 "nothing has moved for a minute, waiting for " + waits_for_ +
                     ": see `hearth cluster check`, then give the same command again"};
  }

 private:
  /// Whether the goal is reached.
  Result<bool> step() {
    const auto survey = client_.survey(group_);
    if (!survey) {
      return come_right(survey.error());
    }
    if (auto progress = progress_of(survey.value()); progress != progress_) {
      progress_ = std::move(progress);
      moved_at_ = Clock::now();
    }
    const auto next = replication::next_step(survey.value(), goal_);
    if (!next) {
      return is_begun_ ? come_right(next.error()) : Result<bool>(next.error());
    }
    if (const auto* wait = std::get_if<WaitFor>(&next.value())) {
      wait_for(wait->text);
    } else if (const auto* proposal = std::get_if<ProposeMembers>(&next.value())) {
      return propose(*proposal);
    }
    return std::holds_alternative<GoalReached>(next.value());
  }

  Result<bool> propose(const ProposeMembers& proposal) {
    if (proposal.text != told_last_) {
      told_(proposal.text);
      told_last_ = proposal.text;
    }
    const auto proposed = client_.change(proposal.change);
    is_begun_ = true;
    return proposed ? Result<bool>(false) : come_right(proposed.error());
  }

  void wait_for(const std::string& what) {
    if (what != waits_for_) {
      told_("wait for " + what);
      waits_for_ = what;
    }
  }

  Result<bool> come_right(const Error& error) {
    if (!may_come_right(error.code)) {
      return Error{error.code, why(error)};
    }
    waits_for_ = "this to come right: " + why(error);
    return false;
  }

  const ClusterClient& client_;
  GroupId group_;
  const MemberGoal& goal_;
  const std::function<void(const std::string&)>& told_;
  Clock::time_point moved_at_;
  std::string progress_;
  std::string told_last_;
  std::string waits_for_;
  bool is_begun_ = false;
};

}  // namespace

Result<std::vector<GroupId>> groups_to_change(
    const std::vector<replication::ClusterSurvey>& surveys, const MemberGoal& goal) {
  std::vector<GroupId> open;
  std::optional<Error> done;
  for (std::uint32_t group = 0; group < surveys.size(); ++group) {
    const auto good = replication::check_goal(surveys[group], goal);
    const bool is_done = !good && (good.error().code == ErrorCode::already_exists ||
                                   good.error().code == ErrorCode::not_found);
    if (is_done) {
      done = good.error();
    } else if (!good) {
      return good.error();
    } else {
      open.push_back(GroupId{group});
    }
  }
  return open.empty() && done ? Result<std::vector<GroupId>>(*done) : open;
}

Result<void> change_members(const ClusterClient& client, const std::vector<GroupId>& groups,
                            const MemberGoal& goal,
                            const std::function<void(const std::string&)>& told) {
  for (const auto group : groups) {
    const auto number = static_cast<std::uint32_t>(group);
    const std::function<void(const std::string&)> tell = [&told, number](const std::string& step) {
      told(fmt::format("group {}: {}", number, step));
    };
    if (auto changed = Change(client, group, goal, tell).run(); !changed) {
      return changed;
    }
  }
  return {};
}

}  // namespace hearth::cli
