// What becomes of a group whose majority is lost: the decision, its rows on a disk, and the machine
// that starts from them.

#include "actors/replication/quorum_recovery.hpp"

#include "tests/actors/replication/lone_replica.hpp"
#include "tests/actors/replication/stored_group.hpp"
#include "tests/support/log_places.hpp"

#include <gtest/gtest.h>

namespace hearth::replication::testing {
namespace {

Entry members_entry(Index index, Term term, const Configuration& members) {
  return {index, term, EntryKind::configuration, std::make_shared<const Bytes>(encode(members))};
}

GroupRemains remains(HardState hard_state, SnapshotId last, const Configuration& members) {
  return {group, hard_state, last, last.index, members, 0};
}

GroupRecovery recovery(const GroupRemains& of) {
  const auto decided = recovery_of(of, node(1));
  EXPECT_TRUE(decided.ok() && decided.value());
  return *decided.value();
}

TEST(QuorumRecovery, SeesTheNewestMembersCommittedOrNot) {
  Recovered recovered;
  recovered.hard_state = {9, node(2)};
  recovered.base = {{5, 3}, voters(3)};
  recovered.entries = {members_entry(6, 3, voters(4)), entry(7, 4)};
  recovered.applied = 5;
  EXPECT_EQ(remains_of(group, recovered),
            (GroupRemains{group, {9, node(2)}, {7, 4}, 5, voters(4), 6}));
  recovered.entries.clear();
  EXPECT_EQ(remains_of(group, recovered),
            (GroupRemains{group, {9, node(2)}, {5, 3}, 5, voters(3), 5}));
}

TEST(QuorumRecovery, ComparesLogsByTheTermOfTheLastEntryFirst) {
  const auto with_last = [](SnapshotId last) { return remains({}, last, voters(3)); };
  EXPECT_TRUE(compare_logs(with_last({90, 3}), with_last({10, 4})) < 0);
  EXPECT_TRUE(compare_logs(with_last({11, 4}), with_last({10, 4})) > 0);
  auto votes_more = with_last({10, 4});
  votes_more.hard_state.term = 8;
  EXPECT_TRUE(compare_logs(votes_more, with_last({10, 4})) == 0) << "a term alone is no entry";
}

TEST(QuorumRecovery, MakesTheOneThatIsLeftTheOnlyVoterInALaterTerm) {
  auto members = voters(3);
  members.members[0].priority = 7;
  const auto decided = recovery(remains({9, node(2)}, {7, 4}, members));
  EXPECT_EQ(decided.hard_state, (HardState{9 + recovery_terms_skipped, {}}));
  EXPECT_EQ(decided.members, members_entry(8, 9 + recovery_terms_skipped, {{{node(1), true, 7}}}));
}

TEST(QuorumRecovery, MakesALearnerAVoter) {
  auto members = voters(3);
  members.members[0].votes = false;
  const auto decided = recovery(remains({1, {}}, {2, 1}, members));
  EXPECT_TRUE(decode_configuration(*decided.members.payload)->is_voter(node(1)));
}

TEST(QuorumRecovery, LeavesAloneWhoVotesAlone) {
  auto members = voters(2);
  members.members[1].votes = false;
  for (const auto& alone : {voters(1), members}) {
    const auto decided = recovery_of(remains({9, {}}, {7, 4}, alone), node(1));
    ASSERT_TRUE(decided.ok());
    EXPECT_FALSE(decided.value()) << "its learners stay";
  }
}

TEST(QuorumRecovery, MakesNothingOfAReplicaThatIsNoMember) {
  for (const auto& members : {Configuration{}, Configuration{{{node(2), true, 0}}}}) {
    const auto decided = recovery_of(remains({9, {}}, {7, 4}, members), node(1));
    ASSERT_FALSE(decided.ok());
    EXPECT_EQ(decided.error().code, ErrorCode::not_found);
    EXPECT_NE(decided.error().detail.find("group 7"), std::string::npos);
  }
}

TEST(QuorumRecovery, IsOneAppendBehindAllThatIsThere) {
  test::LogInMemory place;
  const auto commit = [&place](std::vector<storage::Append> appends) {
    ASSERT_TRUE(test::commit(place.log(), place.engine, std::move(appends)).ok());
  };
  {
    ReplicatedReader reader(group, place.log());
    GroupStore store(group, place.log(), reader);
    commit({store.bootstrap(voters(3))});
    Effects turn;
    turn.write = Write{1,
                       HardState{2, node(3)},
                       std::nullopt,
                       {event_entry(1, 1, 0, {"a=1"}), event_entry(2, 2, 1, {"b=2"})}};
    turn.committed = {event_entry(1, 1, 0, {"a=1"})};
    commit(store.perform(turn).value());
  }
  const auto before = *recovered_of(group, place.log()).value();
  const auto decided = recovery(remains_of(group, before));
  commit({append_of(group, decided)});

  const auto after = *recovered_of(group, place.log()).value();
  auto entries = before.entries;
  entries.push_back(decided.members);
  EXPECT_EQ(after.entries, entries);
  EXPECT_EQ(after.applied, before.applied);
  EXPECT_EQ(after.hard_state, decided.hard_state);
  EXPECT_FALSE(recovery_of(remains_of(group, after), node(1)).value()) << "once is enough";
}

TEST(QuorumRecovery, LetsItsMachineLeadAndCommitAllThatItHad) {
  auto log = entries({1, 1, 2});
  const auto decided = recovery(remains({4, node(2)}, {3, 2}, voters(3)));
  log.push_back(decided.members);
  LoneReplica replica(voters(3), decided.hard_state, log);
  ASSERT_TRUE(replica.machine().recalled()) << "nobody is left to ask";
  replica.pass(Millis(2000));
  EXPECT_EQ(replica.machine().role(), RaftRole::leader);
  EXPECT_EQ(replica.machine().committed(), 5U) << "with its no-op";
  EXPECT_TRUE(replica.machine().decides());
  EXPECT_TRUE(replica.all<VoteRequest>().empty());
  EXPECT_TRUE(replica.all<Append>().empty());
  EXPECT_EQ(replica.nonsense(), "");
}

TEST(QuorumRecovery, DoesNotFollowWhoWasLeftBehind) {
  auto log = entries({1, 1, 2});
  const auto decided = recovery(remains({4, node(2)}, {3, 2}, voters(3)));
  log.push_back(decided.members);
  LoneReplica replica(voters(3), decided.hard_state, log);
  replica.pass(Millis(2000));
  replica.say(2, 5, Append{3, 2, 4, {entry(4, 5)}});
  replica.say(3, 6, VoteRequest{4, 5, false, false});
  EXPECT_EQ(replica.machine().role(), RaftRole::leader);
  EXPECT_EQ(replica.machine().log().term_at(4), decided.members.term);
}

}  // namespace
}  // namespace hearth::replication::testing
