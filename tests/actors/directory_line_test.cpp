// Events that a device hands in one behind the other reach its account in this order.

#include "messages/envelope/codec.hpp"
#include "tests/support/directory_place.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hearth::directory {
namespace {

using namespace hearth::directory::testing;
using hearth::testing::identity_of;

/// The directory where they are handed in follows: what it asks the leader is there to be seen.
class DirectoryLine : public ::testing::Test {
 protected:
  struct Order {
    std::uint64_t token = 0;
    Forwarded forwarded;
    MessageKind kind{};
  };

  template <class Message>
  static Envelope envelope(const seal::Identity& who, const Message& message) {
    Header header;
    header.from = {who.id, "manager"};
    header.to = {directory_keys.id, "accounts"};
    return pack(header, message);
  }

  void SetUp() override {
    place.step(leads);
    const auto opening = opening_by(owner, "demo");
    ASSERT_TRUE(place.ask(owner.id, Role::client, envelope(owner, opening)).ok());
    chain = chain::AccountChain::open(verify_event(opening.event).value()).value();
    place.step(follows);
  }

  /// Hands in what comes next.
  std::vector<Order> hand_in(ChainAction action) {
    const auto event =
        sign_event(chain->next(std::move(action), owner.keys.signing), owner.signing_seed);
    chain->apply(read_event(event).value());
    place.step(Delivered{ReplyTo{owner.id, 1, ++correlation}, owner.id, Role::client, 1,
                         envelope(owner, AppendEvent{event, {}})});
    return asked();
  }
  std::vector<Order> enrol(std::uint8_t number) {
    return hand_in(DeviceEnrolled{device(identity_of(number), DeviceKind::player, "phone")});
  }
  template <class Message>
  std::vector<Order> answer(const Order& order, const Message& message) {
    place.step(Answered{order.token, envelope(other_directory, message)});
    return asked();
  }
  std::vector<Order> refuse(const Order& order) {
    place.step(Answered{order.token, Error{ErrorCode::not_allowed, {}}});
    return asked();
  }
  std::vector<Order> allow(const Order& check) {
    return answer(check, MayGoOn{chain->state().account});
  }
  std::vector<Order> show(const Order& reserve) {
    const auto inner = Envelope::from_bytes(reserve.forwarded.envelope).value();
    auto claim = unpack<ReserveClaim>(inner).value().claim;
    claim.number = 1;
    return answer(reserve, ClaimShown{claim});
  }

  std::vector<Order> asked() {
    std::vector<Order> orders;
    for (const auto& ask : place.effects.asks) {
      auto forwarded = unpack<Forwarded>(ask.envelope).value();
      const auto inner = Envelope::from_bytes(forwarded.envelope).value();
      orders.push_back({ask.token, forwarded, header_of(inner).value().kind});
    }
    return orders;
  }
  static std::uint64_t number_of(const Order& order) {
    const auto inner = Envelope::from_bytes(order.forwarded.envelope).value();
    return read_event(unpack<AppendEvent>(inner).value().event).value().event.number;
  }

  test::FixedClock clock;
  Disks disks;
  Instant fresh_since{};  ///< How old what it knows itself is, is not known.
  DirectoryPlace place{disks, clock, fresh_since};
  std::optional<chain::AccountChain> chain;
  std::uint64_t correlation = 0;
};

TEST_F(DirectoryLine, ClaimsAreAskedForAtOnceAndEventsGoInOrder) {
  const auto first_check = enrol(20);
  const auto second_check = enrol(21);
  ASSERT_EQ(first_check.size(), 1U);
  ASSERT_EQ(second_check.size(), 1U) << "nothing waits for the answer to the first";
  EXPECT_EQ(second_check[0].forwarded.step, ForwardStep::check);
  EXPECT_TRUE(hand_in(DeviceRenamed{owner.id, "desk"}).empty()) << "comes behind both";

  const auto second_claim = allow(second_check[0]);
  ASSERT_EQ(second_claim.at(0).kind, MessageKind::reserve_claim);
  EXPECT_TRUE(show(second_claim[0]).empty()) << "the first event goes first";
  const auto events = show(allow(first_check[0]).at(0));
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].forwarded.step, ForwardStep::commit);
  EXPECT_EQ(events[1].forwarded.step, ForwardStep::commit);
  EXPECT_EQ(events[2].forwarded.step, ForwardStep::whole);
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(number_of(events[i]), i + 2);
  }
}

TEST_F(DirectoryLine, WhoIsKnownHereToSignIsNotAskedAbout) {
  fresh_since = Instant::max();
  const auto claim = enrol(20);
  ASSERT_EQ(claim.size(), 1U);
  EXPECT_EQ(claim[0].kind, MessageKind::reserve_claim);
  EXPECT_EQ(show(claim[0]).at(0).forwarded.step, ForwardStep::commit);
}

TEST_F(DirectoryLine, WhoIsRefusedHoldsNobodyUp) {
  const auto check = enrol(20);
  EXPECT_TRUE(hand_in(DeviceRenamed{owner.id, "desk"}).empty());
  const auto event = refuse(check.at(0));
  ASSERT_EQ(event.size(), 1U);
  EXPECT_EQ(number_of(event[0]), 3U) << "its account says what is wrong with it";
}

TEST_F(DirectoryLine, WhoFindsNoLeaderHoldsNobodyUp) {
  const auto check = enrol(20);
  EXPECT_TRUE(hand_in(DeviceRenamed{owner.id, "desk"}).empty());
  place.step(LeadershipChanged{3, false, {}});
  EXPECT_TRUE(refuse(check.at(0)).empty());
  EXPECT_EQ(place.effects.replies.size(), 2U) << "the second finds nobody to ask";
  place.step(LeadershipChanged{4, false, other_directory.id});
  EXPECT_EQ(hand_in(DeviceRenamed{owner.id, "table"}).size(), 1U);
}

TEST_F(DirectoryLine, NobodyWaitsForALeaderThatIsGone) {
  const auto connects = [this](std::uint64_t session) {
    PeerInfo leader;
    leader.node = other_directory.id;
    leader.role = Role::directory;
    leader.session = session;
    place.step(PeerUp{leader});
  };
  const auto refusals = [this] {
    std::vector<ErrorCode> codes;
    for (const auto& reply : place.effects.replies) {
      codes.push_back(reply.answer ? ErrorCode::none : reply.answer.error().code);
    }
    return codes;
  };
  connects(7);
  ASSERT_EQ(hand_in(DeviceRenamed{owner.id, "desk"}).size(), 1U);
  place.step(PeerDown{other_directory.id, 7});
  EXPECT_EQ(refusals(), std::vector{ErrorCode::outcome_unknown}) << "it may have been sent";
  EXPECT_TRUE(hand_in(DeviceRenamed{owner.id, "table"}).empty());
  EXPECT_EQ(refusals(), std::vector{ErrorCode::no_quorum}) << "no other leader is known yet";

  connects(8);
  ASSERT_EQ(hand_in(DeviceRenamed{owner.id, "chair"}).size(), 1U);
  place.step(PeerDown{other_directory.id, 7});
  EXPECT_TRUE(refusals().empty()) << "of the connection before";
}

}  // namespace
}  // namespace hearth::directory
