// Both sides of the beginning of a data connection, against each other and against strangers.

#include "actors/link/data_preface.hpp"

#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hearth::link {
namespace {

const auto key = seal::data_key(hearth::testing::secret_of(1));
const auto other_key = seal::data_key(hearth::testing::secret_of(2));
const relay::OpenStream open{{}, Bytes{1, 2, 3}, Bytes{4, 5}};
const relay::AcceptStream accept{42};

/// Knows `key` for clients and for homes.
const seal::DataKey* find_any(Role, const DataKeyName& name) {
  return name == key.name ? &key : nullptr;
}
const seal::DataKey* find_client(Role role, const DataKeyName& name) {
  return role == Role::client ? find_any(role, name) : nullptr;
}

/// Feeds `bytes` in pieces of at most `step` until `side` wants no more; returns what it sends.
template <class Side, class... Find>
Result<Bytes> feed_all(Side& side, BytesView bytes, std::size_t step, Find... find) {
  Bytes sent;
  while (!bytes.empty() && side.wants() > 0) {
    const auto count = std::min({side.wants(), step, bytes.size()});
    auto answer = side.feed(bytes.first(count), find...);
    if (!answer) {
      return answer;
    }
    bytes = bytes.subspan(count);
    sent.insert(sent.end(), answer.value().begin(), answer.value().end());
  }
  return sent;
}

/// Both sides up to the responder's having the order.
void meet(DataInitiator& initiator, DataResponder& responder, std::size_t step = 100'000) {
  const auto answer = feed_all(responder, initiator.first_flight(), step, find_any);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.value().size(), data_handshake_bytes);
  EXPECT_TRUE(responder.proven());
  const auto frame = feed_all(initiator, answer.value(), step);
  ASSERT_TRUE(frame.ok());
  ASSERT_TRUE(feed_all(responder, frame.value(), step, find_any).ok());
  ASSERT_TRUE(responder.order());
  EXPECT_EQ(responder.wants(), 0U);
}

TEST(DataPreface, CarriesTheOrderOfAHome) {
  DataInitiator initiator(key, accept);
  DataResponder responder;
  meet(initiator, responder);
  EXPECT_TRUE(initiator.done());
  EXPECT_EQ(responder.name(), key.name);
  EXPECT_EQ(std::get<relay::AcceptStream>(*responder.order()), accept);
}

TEST(DataPreface, TellsTheClientThatTheHomeIsThere) {
  DataInitiator initiator(key, open);
  DataResponder responder;
  meet(initiator, responder);
  EXPECT_EQ(std::get<relay::OpenStream>(*responder.order()), open);
  EXPECT_FALSE(initiator.done());
  const auto status = responder.status(ErrorCode::none);
  EXPECT_EQ(initiator.wants(), status.size());
  EXPECT_TRUE(feed_all(initiator, status, 1).ok());
  EXPECT_TRUE(initiator.done());
}

TEST(DataPreface, TellsTheClientWhyNot) {
  DataInitiator initiator(key, open);
  DataResponder responder;
  meet(initiator, responder);
  const auto outcome = feed_all(initiator, responder.status(ErrorCode::home_offline), 100);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::home_offline);
}

TEST(DataPreface, WorksByteByByte) {
  DataInitiator initiator(key, open);
  DataResponder responder;
  meet(initiator, responder, 1);
}

TEST(DataPreface, TakesNothingThatBelongsToTheStream) {
  DataInitiator initiator(key, accept);
  DataResponder responder;
  auto flight = feed_all(responder, initiator.first_flight(), 1000, find_any);
  auto frame = feed_all(initiator, flight.value(), 1000);
  ASSERT_TRUE(frame.ok());
  const auto frame_bytes = frame.value().size();
  frame.value().resize(frame_bytes + 500);  // The stream follows at once.
  std::size_t taken = 0;
  while (responder.wants() > 0) {
    const auto count = responder.wants();
    ASSERT_TRUE(responder.feed(BytesView(frame.value()).subspan(taken, count), find_any).ok());
    taken += count;
  }
  EXPECT_EQ(taken, frame_bytes);
}

TEST(DataResponder, RefusesAKeyThatItDoesNotKnow) {
  DataInitiator initiator(other_key, open);
  DataResponder responder;
  const auto answer = feed_all(responder, initiator.first_flight(), 1000, find_any);
  EXPECT_EQ(answer.error().code, ErrorCode::identity_unknown);
}

TEST(DataResponder, RefusesAClientsKeyInAHomesHand) {
  DataInitiator initiator(key, accept);
  DataResponder responder;
  const auto answer = feed_all(responder, initiator.first_flight(), 1000, find_client);
  EXPECT_EQ(answer.error().code, ErrorCode::identity_unknown);
}

TEST(DataResponder, RefusesWhoKnowsOnlyTheNameOfTheKey) {
  DataInitiator initiator({other_key.psk, key.name}, open);
  DataResponder responder;
  const auto answer = feed_all(responder, initiator.first_flight(), 1000, find_any);
  ASSERT_FALSE(answer.ok());
  EXPECT_FALSE(responder.proven());
}

TEST(DataResponder, RefusesAnyChangeOfThePrelude) {
  for (std::size_t at = 0; at < data_prelude_bytes; ++at) {
    DataInitiator initiator(key, open);
    auto flight = initiator.first_flight();
    flight[at] ^= 1U;
    DataResponder responder;
    EXPECT_FALSE(feed_all(responder, flight, 1000, find_any).ok()) << "byte " << at;
  }
}

TEST(DataResponder, CannotBeMovedByAReplay) {
  DataInitiator initiator(key, accept);
  DataResponder first;
  auto answer = feed_all(first, initiator.first_flight(), 1000, find_any);
  const auto frame = feed_all(initiator, answer.value(), 1000);
  DataResponder second;
  ASSERT_TRUE(feed_all(second, initiator.first_flight(), 1000, find_any).ok());
  EXPECT_FALSE(feed_all(second, frame.value(), 10'000, find_any).ok());
  EXPECT_FALSE(second.order());
}

TEST(DataResponder, RefusesAnOrderThatIsTooLongBeforeItIsThere) {
  DataInitiator initiator(key, relay::OpenStream{{}, Bytes(2000), Bytes(data_frame_bytes_max)});
  DataResponder responder;
  auto answer = feed_all(responder, initiator.first_flight(), 1000, find_any);
  const auto frame = feed_all(initiator, answer.value(), 1000);
  const auto outcome = responder.feed(BytesView(frame.value()).first(4), find_any);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::frame_oversized);
}

TEST(DataResponder, RefusesALengthThatHoldsNoTag) {
  DataInitiator initiator(key, open);
  DataResponder responder;
  ASSERT_TRUE(feed_all(responder, initiator.first_flight(), 1000, find_any).ok());
  const Bytes length{16, 0, 0, 0};
  EXPECT_EQ(responder.feed(length, find_any).error().code, ErrorCode::message_malformed);
}

TEST(DataInitiator, RefusesASuperPeerThatDoesNotKnowTheKey) {
  DataInitiator initiator(key, accept);
  EXPECT_FALSE(feed_all(initiator, Bytes(data_handshake_bytes), 1000).ok());
}

TEST(DataInitiator, RefusesAStatusThatWasChanged) {
  DataInitiator initiator(key, open);
  DataResponder responder;
  meet(initiator, responder);
  auto status = responder.status(ErrorCode::none);
  status.back() ^= 1U;
  EXPECT_FALSE(feed_all(initiator, status, 100).ok());
}

}  // namespace
}  // namespace hearth::link
