// Codes by which devices come into an account: how long they hold, how often, who may guess.

#include "actors/directory/pairing_book.hpp"

#include "messages/base/limits.hpp"
#include "messages/directory/pairing_code.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/log_helpers.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

namespace hearth::directory {
namespace {

using namespace std::chrono_literals;
using hearth::testing::identity_of;

Device phone(std::uint8_t number = 1) {
  return {identity_of(number).keys, DeviceKind::player, "phone"};
}

class PairingBookTest : public ::testing::Test {
 protected:
  PairingOffer offer(const Device& device = phone(), const std::string& source = "192.0.2.1") {
    auto offered = book.offer(device, source, now, appends);
    EXPECT_TRUE(offered);
    return offered ? offered.value() : PairingOffer{};
  }
  ErrorCode look(const std::string& code, std::uint8_t device = 1, std::uint8_t account = 1) {
    PairingBook::Guesser who;
    who.device.bytes[0] = device;
    who.account.bytes[0] = account;
    who.now = steady;
    const auto found = book.find(code, who, now);
    return found ? ErrorCode::none : found.error().code;
  }
  std::string wrong_code(const std::string& right) const {
    return (right[0] == 'A' ? "B" : "A") + right.substr(1);
  }

  PairingBook book;
  WallTime now = test::noon;
  Instant steady{1h};
  std::vector<storage::Append> appends;
};

TEST_F(PairingBookTest, ACodeHasSixCharactersThatCannotBeTakenForEachOther) {
  const auto code = offer().code;
  EXPECT_EQ(code.size(), limits::pairing_code_size);
  EXPECT_EQ(code.find_first_of("01IO"), std::string::npos);
}

TEST_F(PairingBookTest, ADeviceThatAsksAgainHasTheSameCode) {
  const auto first = offer();
  appends.clear();
  now += 5min;
  EXPECT_EQ(offer(), first);
  EXPECT_TRUE(appends.empty());
}

TEST_F(PairingBookTest, ANewOfferOfADeviceClosesTheOneBefore) {
  const auto first = offer();
  auto renamed = phone();
  renamed.name = "new name";
  const auto second = offer(renamed);
  EXPECT_EQ(look(first.code), ErrorCode::pairing_unknown);
  EXPECT_EQ(look(second.code), ErrorCode::none);
  EXPECT_EQ(book.size(), 1U);
}

TEST_F(PairingBookTest, ACodeHoldsForTenMinutes) {
  const auto code = offer().code;
  now += 10min - 1ms;
  EXPECT_EQ(look(code), ErrorCode::none);
  now += 1ms;
  EXPECT_EQ(look(code), ErrorCode::pairing_unknown);
  EXPECT_NE(offer().code, code);
}

TEST_F(PairingBookTest, AUsedCodeOpensNothing) {
  const auto used = offer();
  book.use(used.code, used.device, {}, appends);
  EXPECT_EQ(look(used.code), ErrorCode::pairing_unknown);
}

TEST_F(PairingBookTest, WhatIsOverIsForgottenWithItsRow) {
  const auto over = offer();
  appends.clear();
  now += 10min;
  book.expire(now, steady, appends);
  EXPECT_EQ(book.size(), 0U);
  ASSERT_EQ(appends.size(), 1U);
  ASSERT_EQ(appends[0].rows.size(), 1U);
  EXPECT_EQ(appends[0].rows[0].key, over.code);
  EXPECT_FALSE(appends[0].rows[0].value);
}

TEST_F(PairingBookTest, ANewLeaderKnowsTheOffers) {
  test::Disk disk;
  const auto open = offer();
  const auto used = offer(phone(2));
  book.use(used.code, used.device, {}, appends);
  for (auto& append : appends) {
    disk.write(std::move(append));
  }
  ASSERT_TRUE(book.reset(disk.log));
  EXPECT_EQ(look(open.code), ErrorCode::none);
  EXPECT_EQ(look(used.code), ErrorCode::pairing_unknown);
  EXPECT_EQ(offer(), open);
}

TEST_F(PairingBookTest, ADeviceMayGuessWronglyFiveTimesInTenMinutes) {
  const auto code = offer().code;
  for (std::size_t i = 0; i < PairingBook::wrong_per_device_max; ++i) {
    EXPECT_EQ(look(wrong_code(code)), ErrorCode::pairing_unknown);
  }
  EXPECT_EQ(look(code), ErrorCode::too_many_attempts);
  EXPECT_EQ(look(code, 2), ErrorCode::none) << "another device of the account";
  steady += 10min;
  EXPECT_EQ(look(code), ErrorCode::none);
}

TEST_F(PairingBookTest, AnAccountMayGuessWronglyTenTimesInTenMinutes) {
  const auto code = offer().code;
  for (std::uint8_t i = 0; i < PairingBook::wrong_per_account_max; ++i) {
    EXPECT_EQ(look(wrong_code(code), static_cast<std::uint8_t>(i / 4 + 1)),
              ErrorCode::pairing_unknown);
  }
  EXPECT_EQ(look(code, 9), ErrorCode::too_many_attempts);
  EXPECT_EQ(look(code, 9, 2), ErrorCode::none) << "another account";
}

TEST_F(PairingBookTest, OnePlaceOpensNoMoreThanItsShareOfOffers) {
  for (std::uint8_t i = 0; i < PairingBook::offers_per_source_max; ++i) {
    (void)offer(phone(static_cast<std::uint8_t>(i + 1)));
  }
  const auto one_more = book.offer(phone(200), "192.0.2.1", now, appends);
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code, ErrorCode::limit_reached);
  EXPECT_TRUE(book.offer(phone(200), "192.0.2.2", now, appends));
}

TEST(PairingCode, IsReadAsPeopleTypeIt) {
  EXPECT_EQ(read_pairing_code("k7m-2px"), "K7M2PX");
  EXPECT_EQ(read_pairing_code(" K7M 2PX "), "K7M2PX");
  for (const auto* none : {"", "K7M2P", "K7M2PXX", "K7M2P0", "K7M2P!", "K7M2P\xc3\xa9"}) {
    EXPECT_FALSE(read_pairing_code(none)) << none;
  }
}

}  // namespace
}  // namespace hearth::directory
