// What a home or a client believes of the chain that directories tell.

#include "actors/chain/chain_follower.hpp"

#include "messages/base/limits.hpp"
#include "tests/support/account_desk.hpp"

#include <gtest/gtest.h>

namespace hearth::chain {
namespace {

using namespace directory;
using hearth::testing::ChainBook;
using hearth::testing::identity_of;

const auto owner = identity_of(2);
const auto phone = identity_of(4);
const auto tablet = identity_of(5);
const auto evil = identity_of(6);

class ChainFollowerTest : public ::testing::Test {
 protected:
  static ErrorCode follow(ChainFollower& follower, const ChainPage& page) {
    const auto fresh = follower.fresh(page);
    if (!fresh) {
      return fresh.error().code;
    }
    const auto applied = follower.apply(fresh.value());
    return applied ? ErrorCode::none : applied.error().code;
  }
  ErrorCode follow(const ChainPage& page) { return follow(follower, page); }

  ChainBook book{owner};
  ChainFollower follower;
};

TEST_F(ChainFollowerTest, VerifiesFromTheFirstEventOn) {
  book.enrol(phone, DeviceKind::player, owner);
  ASSERT_EQ(follow(book.page()), ErrorCode::none);
  EXPECT_EQ(follower.length(), 2U);
  EXPECT_EQ(follower.chain()->state().account, book.account());
  EXPECT_NE(follower.chain()->find(phone.id), nullptr);
  book.revoke(phone, owner);
  ASSERT_EQ(follow(book.page(2)), ErrorCode::none);
  EXPECT_EQ(follower.chain()->find(phone.id), nullptr);
  EXPECT_TRUE(follower.was_enrolled(phone.id));
}

TEST_F(ChainFollowerTest, TakesNoChainThatTheAccountIsNotNamedBy) {
  auto page = ChainBook(evil).page();
  page.account = book.account();
  EXPECT_EQ(follow(page), ErrorCode::chain_forked);
  EXPECT_EQ(follower.chain(), nullptr);
}

TEST_F(ChainFollowerTest, OfTwoHistoriesEachHomeKeepsTheOneItVerified) {
  ASSERT_EQ(follow(book.page()), ErrorCode::none);
  ChainFollower other;
  ASSERT_EQ(follow(other, book.page()), ErrorCode::none);
  auto forked = book;
  book.enrol(phone, DeviceKind::player, owner);
  forked.enrol(tablet, DeviceKind::player, owner);
  ASSERT_EQ(follow(book.page(1)), ErrorCode::none);
  ASSERT_EQ(follow(other, forked.page(1)), ErrorCode::none);
  book.revoke(phone, owner);
  forked.revoke(tablet, owner);
  EXPECT_EQ(follow(forked.page(2)), ErrorCode::chain_forked);
  EXPECT_EQ(follow(other, book.page(2)), ErrorCode::chain_forked);
  EXPECT_NE(follower.chain()->find(phone.id), nullptr);
  EXPECT_NE(other.chain()->find(tablet.id), nullptr);
  EXPECT_FALSE(follower.fresh(other.after(0))) << "and they find out when they meet";
}

TEST_F(ChainFollowerTest, AnotherHistoryAsLongAsThisOneIsNoticed) {
  auto forked = book;
  ASSERT_EQ(follow(book.enrol(phone, DeviceKind::player, owner).page()), ErrorCode::none);
  forked.enrol(tablet, DeviceKind::player, owner);
  EXPECT_EQ(follow(forked.page(2)), ErrorCode::chain_forked);
}

TEST_F(ChainFollowerTest, GoesOnlyForward) {
  const auto before = book.page();
  book.enrol(phone, DeviceKind::player, owner).revoke(phone, owner);
  ASSERT_EQ(follow(book.page()), ErrorCode::none);
  EXPECT_EQ(follow(before), ErrorCode::none);
  EXPECT_EQ(follower.length(), 3U) << "rolled back, and not followed";
  EXPECT_EQ(follower.after(1).size(), 2U) << "for who knows less";
}

TEST_F(ChainFollowerTest, WhatIsWithheldComesLater) {
  book.enrol(phone, DeviceKind::player, owner);
  auto page = book.page();
  page.events.pop_back();
  ASSERT_EQ(follow(page), ErrorCode::none);
  EXPECT_EQ(follower.length(), 1U);
  ASSERT_EQ(follow(book.page(1)), ErrorCode::none);
  EXPECT_EQ(follower.length(), 2U);
  const auto handed = ChainFollower::Events(book.events());
  EXPECT_TRUE(follower.fresh(handed).value().empty()) << "from a device that has all of it";
}

TEST_F(ChainFollowerTest, NothingIsTakenOfAPageThatHoldsWhatNobodyMaySign) {
  ASSERT_EQ(follow(book.enrol(phone, DeviceKind::player, owner).page()), ErrorCode::none);
  auto bad = book;
  bad.enrol(tablet, DeviceKind::player, owner).enrol(evil, DeviceKind::manager, phone);
  EXPECT_EQ(follow(bad.page(2)), ErrorCode::chain_forked);
  bad = book;
  bad.append(bad.next(DeviceEnrolled{{evil.keys, DeviceKind::manager, "x"}}, owner.keys.signing,
                      evil.signing_seed));
  EXPECT_EQ(follow(bad.page(2)), ErrorCode::chain_forked);
  EXPECT_EQ(follower.length(), 2U);
}

TEST_F(ChainFollowerTest, ARevokedDeviceDoesNotComeBack) {
  book.enrol(phone, DeviceKind::player, owner).revoke(phone, owner);
  ASSERT_EQ(follow(book.page()), ErrorCode::none);
  EXPECT_EQ(follow(book.enrol(phone, DeviceKind::player, owner).page(3)), ErrorCode::chain_forked);
}

TEST_F(ChainFollowerTest, APinIsPassedOrNothingIsBelieved) {
  ASSERT_EQ(follow(book.enrol(phone, DeviceKind::player, owner).page()), ErrorCode::none);
  const auto pin = follower.pin();
  ChainFollower later(pin);
  EXPECT_TRUE(later.is_behind_pin());
  ASSERT_EQ(follow(later, book.revoke(phone, owner).page()), ErrorCode::none);
  EXPECT_FALSE(later.is_behind_pin());

  ChainBook other(owner);
  other.enrol(tablet, DeviceKind::player, owner);
  ChainFollower fooled(pin);
  EXPECT_EQ(follow(fooled, other.page()), ErrorCode::chain_forked);
  EXPECT_EQ(follow(fooled, ChainBook(evil).page()), ErrorCode::chain_forked);
  ChainFollower behind(pin);
  EXPECT_EQ(follow(behind, ChainBook(owner).page()), ErrorCode::none);
  EXPECT_TRUE(behind.is_behind_pin());
}

TEST_F(ChainFollowerTest, AnEventOfALaterVersionIsNotGuessed) {
  ASSERT_EQ(follow(book.page()), ErrorCode::none);
  auto later = book;
  auto event = later.next(DeviceRevoked{owner.id}, owner.keys.signing, owner.signing_seed);
  event.body[4] = 2;
  later.append(event);
  EXPECT_EQ(follow(later.page(1)), ErrorCode::format_newer);
}

TEST_F(ChainFollowerTest, TellsWhatItHasPageByPage) {
  for (std::size_t i = 0; i < limits::chain_page + 10; ++i) {
    book.add(DeviceRenamed{owner.id, "name " + std::to_string(i)}, owner);
  }
  ASSERT_EQ(follow(book.page()), ErrorCode::none);
  EXPECT_EQ(follower.after(0).size(), limits::chain_page);
  EXPECT_EQ(follower.after(limits::chain_page).size(), 11U);
  EXPECT_TRUE(follower.after(~std::uint64_t{0}).empty());
}

}  // namespace
}  // namespace hearth::chain
