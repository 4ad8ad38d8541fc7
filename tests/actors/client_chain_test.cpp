// Which homes a client believes in: those that the account's verified chain names.

#include "tests/support/client_bench.hpp"

namespace hearth::client {
namespace {

using namespace testing;

using ClientChain = ClientBench;

TEST_F(ClientChain, AHomeThatTheChainDoesNotNameIsNone) {
  open_session();
  tick(3s);
  list({{attic.keys, {relay_a.id}}, {cellar.keys, {relay_a.id}}});
  ask_ui(1, AskHome{cellar.id, home::ShowItem{}});
  ASSERT_NE(answer_to(1), nullptr);
  EXPECT_EQ(answer_to(1)->error().code, ErrorCode::home_unknown);
}

TEST_F(ClientChain, AChainThatNobodyMaySignChangesNothing) {
  open_session();
  tick(3s);
  const auto good = book;
  book.append(book.next(directory::DeviceEnrolled{{cellar.keys, directory::DeviceKind::home, "x"}},
                        owner.keys.signing, cellar.signing_seed));
  list({{cellar.keys, {relay_a.id}}});
  ask_ui(1, AskHome{attic.id, home::BrowseItems{{}, {}, 10}});
  EXPECT_TRUE(asked(MessageKind::browse_items)) << "the home that it has is still asked";
  book = good;
  tick(3s);
  list({{attic.keys, {relay_a.id, relay_b.id}}});
  EXPECT_FALSE(asked(MessageKind::fetch_chain));
}

TEST_F(ClientChain, AHomeThatKnowsLessHearsTheRest) {
  open_session();
  ask_ui(1, ShowHomes{});
  answer(MessageKind::describe_home,
         home::HomeDescribed{"Attic", {}, 1, hash_of(book.events()[0].event)});
  const auto handed = asked(MessageKind::hand_events);
  ASSERT_TRUE(handed);
  EXPECT_EQ(handed->to, attic.id);
  EXPECT_EQ(unpack<home::HandEvents>(handed->envelope).value().events.size(), 2U);
}

}  // namespace
}  // namespace hearth::client
