// What `hearth cluster` does, through a real socket, with a directory that has no others.

#include "messages/envelope/codec.hpp"
#include "nodes/cli/cluster_client.hpp"
#include "nodes/cli/cluster_text.hpp"
#include "nodes/cli/member_change.hpp"
#include "nodes/roles/operator_socket.hpp"
#include "nodes/support/order_socket.hpp"
#include "tests/actors/replication/survey_samples.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <utility>

namespace hearth::cli {
namespace {

using namespace replication;           // NOLINT(google-build-using-namespace)
using namespace replication::testing;  // NOLINT(google-build-using-namespace)

/// Answers as the leader of a group would in which all goes well, on the socket's thread.
class Leader {
 public:
  explicit Leader(SurveySample sample) : survey_(sample.survey()) {
    auto served = OperatorSocket::serve(
        folder_.path(), [this](OperatorRequest request) { on_request(std::move(request)); });
    EXPECT_TRUE(served) << served.error().detail;
    socket_ = std::move(served.value());
  }

  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }
  [[nodiscard]] const Configuration& members() const {
    return survey_.directories.front().replica->members;
  }
  void refuse_next(ErrorCode code) { refusal_ = code; }

 private:
  void on_request(OperatorRequest request) {
    if (std::holds_alternative<SurveyGroup>(request.order.what)) {
      return socket_->answer({request.id, {survey_}});
    }
    if (refusal_ != ErrorCode::none) {
      return socket_->answer({request.id, {Error{std::exchange(refusal_, {}), ""}}});
    }
    const auto& change = std::get<ChangeMembers>(request.order.what);
    auto& leader = *survey_.directories.front().replica;
    EXPECT_EQ(change.members_index, leader.members_index);
    EXPECT_EQ(objection_to(leader.members, change.members), "");
    leader.members = change.members;
    leader.members_index = leader.committed = ++leader.last_index;
    leader.followers.clear();
    for (const auto& member : change.members.members) {
      if (member.node != directory(1)) {
        leader.followers.push_back({member.node, leader.last_index, 10});
      }
    }
    socket_->answer({request.id, {MembersProposed{leader.members_index}}});
  }

  test::TempFolder folder_;
  ClusterSurvey survey_;
  ErrorCode refusal_ = ErrorCode::none;
  std::unique_ptr<OperatorSocket> socket_;
};

const std::vector three{voter(1), voter(2), voter(3)};

TEST(OperatorSocket, IsForItsUserAlone) {
  const Leader leader(SurveySample(3, three));
  struct stat status {};
  ASSERT_EQ(::stat((leader.folder() / OperatorSocket::name).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(OperatorSocket, AnswersNonsenseWithAnError) {
  const Leader leader(SurveySample(3, three));
  const auto said = give_order(leader.folder() / OperatorSocket::name, "nonsense", Millis(5000));
  ASSERT_TRUE(said) << said.error().detail;
  const auto answer = decode<OperatorAnswer>(
      {reinterpret_cast<const std::uint8_t*>(said.value().data()), said.value().size()});
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(std::get<Error>(answer.value().what).code, ErrorCode::message_malformed);
}

TEST(ClusterClient, SaysThatNobodyAnswers) {
  const test::TempFolder empty;
  const auto survey = ClusterClient::find(empty.path()).value().survey(GroupId{0});
  ASSERT_FALSE(survey);
  EXPECT_EQ(survey.error().code, ErrorCode::unreachable);
}

TEST(ChangeMembers, ReplacesADirectoryStepByStep) {
  SurveySample sample(4, three);
  sample.kill(3);
  Leader leader(sample);
  const auto client = ClusterClient::find(leader.folder()).value();
  leader.refuse_next(ErrorCode::not_leader);
  std::vector<std::string> told;
  const auto done =
      change_members(client, {GroupId{1}}, {GoalKind::replace, directory(4), directory(3)},
                     [&told](const std::string& step) { told.push_back(step); });
  ASSERT_TRUE(done) << done.error().detail;
  ASSERT_EQ(told.size(), 3U) << "the refused one is not told again";
  EXPECT_TRUE(told[0].starts_with("group 1: add r4"));
  EXPECT_TRUE(told[1].starts_with("group 1: let r4"));
  EXPECT_TRUE(told[2].starts_with("group 1: remove r3"));
  EXPECT_TRUE(leader.members().is_voter(directory(4)));
  EXPECT_EQ(leader.members().find(directory(3)), nullptr);
}

TEST(ChangeMembers, EndsWhereTheLeaderSaysThatItIsWrong) {
  Leader leader(SurveySample(4, three));
  const auto client = ClusterClient::find(leader.folder()).value();
  leader.refuse_next(ErrorCode::identity_unknown);
  const auto done = change_members(client, {GroupId{1}}, {GoalKind::add, directory(4), {}},
                                   [](const std::string&) {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::identity_unknown);
  EXPECT_FALSE(done.error().detail.empty());
}

TEST(ChangeMembers, GoesOnInTheGroupsThatAreLeft) {
  const auto before = SurveySample(4, three).survey();
  const auto after = SurveySample(4, {voter(1), voter(2), voter(3), voter(4)}).survey();
  const MemberGoal goal{GoalKind::add, directory(4), {}};
  const auto left = groups_to_change({after, before, after, before}, goal);
  ASSERT_TRUE(left) << left.error().detail;
  EXPECT_EQ(left.value(), (std::vector{GroupId{1}, GroupId{3}}));
  EXPECT_EQ(groups_to_change({after, after}, goal).error().code, ErrorCode::already_exists);
}

TEST(ClusterText, IsTheSameForPeopleAndPrograms) {
  SurveySample sample(4, three);
  sample.kill(3);
  const auto weak = sample.survey();
  const auto whole = SurveySample(4, three).survey();
  const ClusterHealth cluster{health_of(whole), health_of(weak)};
  const auto table = status_table(cluster);
  EXPECT_TRUE(
      table.starts_with("2 of 2 groups have a leader; 2 of 3 voters take part, 2 are "
                        "needed, 0 may fail\n"))
      << table;
  EXPECT_NE(table.find("r1 (01010101)              leader     voter         2"), std::string::npos)
      << table;
  EXPECT_NE(table.find("    1 r1 (01010101)                2 of 3"), std::string::npos) << table;
  const auto status = nlohmann::json::parse(status_json(cluster));
  EXPECT_EQ(status["mayFail"], 0);
  EXPECT_EQ(status["directories"].size(), 4U);
  EXPECT_EQ(status["directories"][1]["role"], "follower");
  EXPECT_EQ(status["directories"][3]["member"], false);
  ASSERT_EQ(status["groups"].size(), 2U);
  EXPECT_EQ(status["groups"][1]["leader"], to_text(directory(1)));
  EXPECT_EQ(status["groups"][0]["mayFail"], 1);
  EXPECT_EQ(status["groups"][1]["directories"][2]["answers"], false);
  const auto check = nlohmann::json::parse(check_json(cluster));
  EXPECT_EQ(check["healthy"], false);
  EXPECT_EQ(check["findings"].size(), 2U);
  EXPECT_TRUE(check_text(cluster).starts_with("- group 1: ")) << "not in both";
  EXPECT_TRUE(check_text({health_of(weak), health_of(weak)}).starts_with("- 2 of 3 "));
  EXPECT_TRUE(check_text({health_of(whole)}).starts_with("healthy: "));
}

}  // namespace
}  // namespace hearth::cli
