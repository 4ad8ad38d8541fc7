#pragma once
// What a survey says about a group: who leads, who lags, how many more may fail. Pure.

#include "messages/replication/operator_messages.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace hearth::replication {

/// A directory of the survey, as member of the group or beside it.
struct MemberHealth {
  const DirectoryReport* report = nullptr;  ///< Of the survey, which outlives this.
  std::optional<Member> member;             ///< Nothing: it is none.
  bool lives = false;                       ///< Can take part in a majority now.
  std::optional<std::uint64_t> lag;         ///< Entries behind the leader, where both are known.
};

struct GroupHealth {
  const DirectoryReport* leader = nullptr;  ///< That of the highest term; null: none answered.
  Configuration members;                    ///< The leader's, else the newest that was told.
  std::size_t answered = 0;                 ///< Directories.
  std::size_t voters = 0;
  std::size_t voters_living = 0;
  std::size_t quorum = 0;             ///< So many of the voters are needed.
  std::vector<MemberHealth> each;     ///< In the order of the survey.
  std::vector<std::string> findings;  ///< What an operator should see to, in plain words.

  /// Changes are committed now.
  [[nodiscard]] bool has_quorum() const { return leader != nullptr && voters_living >= quorum; }
  /// Of the living voters, before nothing can be committed any more.
  [[nodiscard]] std::size_t may_fail() const {
    return voters_living > quorum ? voters_living - quorum : 0;
  }
};

/// Who says that it leads, in the highest term; null: nobody who answered.
[[nodiscard]] const DirectoryReport* leader_of(const ClusterSurvey& survey);

[[nodiscard]] GroupHealth health_of(const ClusterSurvey& survey);

/// "eu (0123abcd)", for people.
[[nodiscard]] std::string label_of(const DirectoryReport& report);

}  // namespace hearth::replication
