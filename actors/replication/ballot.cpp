#include "actors/replication/ballot.hpp"

#include "actors/replication/quorum.hpp"
#include "messages/base/mutant.hpp"

#include <algorithm>

namespace hearth::replication {

void Ballot::cast(const NodeId& voter, bool granted) {
  const bool known = std::any_of(votes_.begin(), votes_.end(),
                                 [&voter](const auto& vote) { return vote.first == voter; });
  if (!known || HEARTH_MUTANT("count-a-vote-twice")) {
    votes_.emplace_back(voter, granted);
  }
}

Ballot::Outcome Ballot::outcome(const Configuration& configuration) const {
  std::size_t granted = 0;
  std::size_t refused = 0;
  for (const auto& [voter, grants] : votes_) {
    if (configuration.is_voter(voter)) {
      ++(grants ? granted : refused);
    }
  }
  const auto voters = configuration.voters();
  if (granted >= majority(voters)) {
    return Outcome::won;
  }
  return refused > voters - majority(voters) ? Outcome::lost : Outcome::open;
}

}  // namespace hearth::replication
