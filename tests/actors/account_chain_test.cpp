// Who may sign what: the rules that directories, homes and clients share.

#include "actors/chain/account_chain.hpp"

#include "messages/base/limits.hpp"
#include "tests/support/account_desk.hpp"

#include <gtest/gtest.h>

namespace hearth::chain {
namespace {

using namespace directory;
using hearth::testing::identity_of;
using hearth::testing::opening_of;
using hearth::testing::recovery_key;
using hearth::testing::recovery_seed;
using hearth::testing::secret_of;

const auto owner = identity_of(2);
const auto second = identity_of(3);
const auto phone = identity_of(4);
const auto stranger = identity_of(5);
const auto fresh = identity_of(6);

Device device(const seal::Identity& who, DeviceKind kind) {
  return {who.keys, kind, "device"};
}

class AccountChainTest : public ::testing::Test {
 protected:
  static AccountChain opened() {
    return AccountChain::open(verify_event(opening_of(owner)).value()).value();
  }

  ErrorCode add(ChainAction action, const SigningKey& signer, const seal::SecretKey& seed,
                bool was_enrolled = false) {
    return take(sign_event(chain.next(std::move(action), signer), seed), was_enrolled);
  }
  ErrorCode add(ChainAction action, const seal::Identity& signer, bool was_enrolled = false) {
    return add(std::move(action), signer.keys.signing, signer.signing_seed, was_enrolled);
  }
  ErrorCode recover(ChainAction action) {
    return add(std::move(action), recovery_key, recovery_seed);
  }
  ErrorCode take(const SignedEvent& event, bool was_enrolled = false) {
    const auto read = verify_event(event);
    if (!read) {
      return read.error().code;
    }
    const auto checked = chain.check(read.value(), was_enrolled);
    if (!checked) {
      return checked.error().code;
    }
    static_cast<void>(chain.apply(read.value()));
    return ErrorCode::none;
  }

  AccountChain chain = opened();
};

TEST_F(AccountChainTest, IsNamedByItsFirstEvent) {
  EXPECT_EQ(chain.state().account.bytes, hash_of(opening_of(owner)).bytes);
  EXPECT_EQ(chain.state().recovery, recovery_key);
  EXPECT_EQ(chain.state().length, 1U);
  EXPECT_NE(hash_of(opening_of(owner)), hash_of(opening_of(owner, "demo", stranger.keys.signing)));
}

TEST_F(AccountChainTest, IsOpenedByItsFirstDeviceAlone) {
  const auto open = [](ChainEvent event, const seal::SecretKey& seed) {
    const auto read = verify_event(sign_event(event, seed));
    const auto begun = read ? AccountChain::open(read.value()) : Result<AccountChain>(read.error());
    return begun ? ErrorCode::none : begun.error().code;
  };
  AccountOpened action{"demo", recovery_key, device(owner, DeviceKind::manager)};
  EXPECT_EQ(open({1, {}, stranger.keys.signing, action}, stranger.signing_seed),
            ErrorCode::not_allowed);
  EXPECT_EQ(open({2, {}, owner.keys.signing, action}, owner.signing_seed), ErrorCode::chain_moved);
  EXPECT_EQ(open({1, ChainHash{{1}}, owner.keys.signing, action}, owner.signing_seed),
            ErrorCode::chain_moved);
  action.device.kind = DeviceKind::player;
  EXPECT_EQ(open({1, {}, owner.keys.signing, action}, owner.signing_seed), ErrorCode::not_allowed);
  action = {"demo", {}, device(owner, DeviceKind::manager)};
  EXPECT_EQ(open({1, {}, owner.keys.signing, action}, owner.signing_seed),
            ErrorCode::value_invalid);
  action = {"", recovery_key, device(owner, DeviceKind::manager)};
  EXPECT_EQ(open({1, {}, owner.keys.signing, action}, owner.signing_seed),
            ErrorCode::value_invalid);
  EXPECT_EQ(add(AccountOpened{"again", recovery_key, device(fresh, DeviceKind::manager)}, owner),
            ErrorCode::not_allowed);
}

TEST_F(AccountChainTest, OnlyManagersSign) {
  for (const auto kind : {DeviceKind::player, DeviceKind::gateway, DeviceKind::home}) {
    const auto other = identity_of(static_cast<std::uint8_t>(20 + static_cast<int>(kind)));
    ASSERT_EQ(add(DeviceEnrolled{device(other, kind)}, owner), ErrorCode::none);
    EXPECT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::player)}, other),
              ErrorCode::not_allowed);
    EXPECT_EQ(add(DeviceRenamed{other.id, "mine"}, other), ErrorCode::not_allowed);
    EXPECT_EQ(add(DeviceRevoked{owner.id}, other), ErrorCode::not_allowed);
  }
  EXPECT_EQ(add(DeviceRevoked{owner.id}, stranger), ErrorCode::not_allowed);
}

TEST_F(AccountChainTest, AForgedSignatureIsFound) {
  auto event =
      sign_event(chain.next(DeviceRevoked{owner.id}, owner.keys.signing), stranger.signing_seed);
  EXPECT_EQ(take(event), ErrorCode::not_allowed);
  event =
      sign_event(chain.next(DeviceEnrolled{device(phone, DeviceKind::player)}, owner.keys.signing),
                 owner.signing_seed);
  event.body.back() ^= 1U;
  EXPECT_EQ(take(event), ErrorCode::not_allowed);
}

TEST_F(AccountChainTest, AnEventFollowsTheLastAndNoOther) {
  auto event = chain.next(DeviceEnrolled{device(phone, DeviceKind::player)}, owner.keys.signing);
  event.number = 3;
  EXPECT_EQ(take(sign_event(event, owner.signing_seed)), ErrorCode::chain_moved);
  event.number = 2;
  event.previous.bytes[0] ^= 1U;
  EXPECT_EQ(take(sign_event(event, owner.signing_seed)), ErrorCode::chain_moved);
}

TEST_F(AccountChainTest, AnEventOfOneAccountIsNoneOfAnother) {
  const auto event =
      sign_event(chain.next(DeviceEnrolled{device(phone, DeviceKind::player)}, owner.keys.signing),
                 owner.signing_seed);
  auto other = AccountChain::open(verify_event(opening_of(owner, "another")).value()).value();
  EXPECT_EQ(other.check(verify_event(event).value(), false).error().code, ErrorCode::chain_moved);
  EXPECT_EQ(take(event), ErrorCode::none);
}

TEST_F(AccountChainTest, OfTwoManagersThatRevokeEachOtherTheFirstStays) {
  ASSERT_EQ(add(DeviceEnrolled{device(second, DeviceKind::manager)}, owner), ErrorCode::none);
  const auto one =
      sign_event(chain.next(DeviceRevoked{second.id}, owner.keys.signing), owner.signing_seed);
  const auto other =
      sign_event(chain.next(DeviceRevoked{owner.id}, second.keys.signing), second.signing_seed);
  EXPECT_EQ(take(one), ErrorCode::none);
  EXPECT_EQ(take(other), ErrorCode::chain_moved);
  EXPECT_EQ(add(DeviceRevoked{owner.id}, second), ErrorCode::not_allowed);
}

TEST_F(AccountChainTest, TheLastManagerStaysUnlessTheRecoveryKeySaysSo) {
  EXPECT_EQ(add(DeviceRevoked{owner.id}, owner), ErrorCode::not_allowed);
  EXPECT_EQ(recover(DeviceRevoked{owner.id}), ErrorCode::none);
  EXPECT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::player)}, owner), ErrorCode::not_allowed);
  EXPECT_EQ(recover(DeviceEnrolled{device(fresh, DeviceKind::manager)}), ErrorCode::none);
}

TEST_F(AccountChainTest, WhoHasTheRecoveryKeyOutranksAStolenPhone) {
  ASSERT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::manager)}, owner), ErrorCode::none);
  ASSERT_EQ(add(DeviceRevoked{owner.id}, phone), ErrorCode::none) << "the thief is faster";
  ASSERT_EQ(recover(DeviceEnrolled{device(fresh, DeviceKind::manager)}), ErrorCode::none);
  EXPECT_EQ(add(DeviceRevoked{fresh.id}, phone), ErrorCode::not_allowed);
  EXPECT_EQ(add(DeviceEnrolled{device(stranger, DeviceKind::manager)}, phone),
            ErrorCode::not_allowed);
  EXPECT_EQ(add(DeviceRevoked{phone.id}, fresh), ErrorCode::none);
  EXPECT_EQ(add(DeviceEnrolled{device(second, DeviceKind::manager)}, fresh), ErrorCode::none);
  EXPECT_EQ(add(DeviceRenamed{fresh.id, "desk"}, second), ErrorCode::none);
}

TEST_F(AccountChainTest, APlayerThatTheRecoveryKeyAdmitsTakesNothingFromTheManagers) {
  ASSERT_EQ(recover(DeviceEnrolled{device(phone, DeviceKind::player)}), ErrorCode::none);
  EXPECT_EQ(add(DeviceRevoked{phone.id}, owner), ErrorCode::none);
}

TEST_F(AccountChainTest, ADeviceComesInOnce) {
  ASSERT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::player)}, owner), ErrorCode::none);
  EXPECT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::manager)}, owner),
            ErrorCode::device_exists);
  ASSERT_EQ(add(DeviceRevoked{phone.id}, owner), ErrorCode::none);
  EXPECT_EQ(add(DeviceRevoked{phone.id}, owner), ErrorCode::device_unknown);
  EXPECT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::player)}, owner, true),
            ErrorCode::not_allowed);
}

TEST_F(AccountChainTest, NamesAreWhatPeopleCanRead) {
  for (const auto* name : {"", "a\nb", "\x7f"}) {
    EXPECT_EQ(add(DeviceEnrolled{{phone.keys, DeviceKind::player, name}}, owner),
              ErrorCode::value_invalid);
    EXPECT_EQ(add(DeviceRenamed{owner.id, name}, owner), ErrorCode::value_invalid);
  }
  EXPECT_EQ(add(DeviceRenamed{phone.id, "nobody's"}, owner), ErrorCode::device_unknown);
}

TEST_F(AccountChainTest, ManagersLeaveRoomForTheRecoveryKey) {
  for (std::size_t i = 1; i < limits::devices_by_managers_max; ++i) {
    auto other = device(phone, DeviceKind::player);
    other.keys.signing.bytes[0] = static_cast<std::uint8_t>(i);
    other.keys.signing.bytes[1] = static_cast<std::uint8_t>(i >> 8U);
    ASSERT_EQ(add(DeviceEnrolled{other}, owner), ErrorCode::none);
  }
  EXPECT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::player)}, owner),
            ErrorCode::limit_reached);
  EXPECT_EQ(recover(DeviceEnrolled{device(fresh, DeviceKind::manager)}), ErrorCode::none);
}

// ---- shares ----

const AccountId friends{{7}};

class AccountSharesTest : public AccountChainTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(add(DeviceEnrolled{device(attic, DeviceKind::home)}, owner), ErrorCode::none);
  }
  /// The numbers of those that `grantee` has of the attic at `now`.
  std::vector<std::uint64_t> live(std::optional<WallTime> now, const AccountId& grantee = friends) {
    std::vector<std::uint64_t> numbers;
    for (const auto& share : live_shares(chain, attic.id, grantee, now)) {
      numbers.push_back(share.number);
    }
    return numbers;
  }

  const seal::Identity attic = identity_of(7);
  const ShareGranted whole{friends, attic.id, {}, 0};
};

TEST_F(AccountSharesTest, AShareHasTheNumberOfItsEventAndLivesUntilItIsRevoked) {
  ASSERT_EQ(add(whole, owner), ErrorCode::none);
  EXPECT_EQ(live(std::nullopt), std::vector<std::uint64_t>{3});
  EXPECT_TRUE(live(std::nullopt, AccountId{{8}}).empty());
  EXPECT_EQ(add(ShareRevoked{2}, owner), ErrorCode::share_unknown);
  ASSERT_EQ(add(ShareRevoked{3}, owner), ErrorCode::none);
  EXPECT_TRUE(live(std::nullopt).empty());
  EXPECT_EQ(add(ShareRevoked{3}, owner), ErrorCode::share_unknown);
}

TEST_F(AccountSharesTest, AShareEndsAtItsTimeAndIsUnsureWithoutOne) {
  auto until = whole;
  until.expires_ms = hearth::testing::some_day.time_since_epoch().count();
  ASSERT_EQ(add(until, owner), ErrorCode::none);
  EXPECT_EQ(live(hearth::testing::some_day - Millis{1}).size(), 1U);
  EXPECT_TRUE(live(hearth::testing::some_day).empty());
  EXPECT_TRUE(live(std::nullopt).empty());
}

TEST_F(AccountSharesTest, OnlyHomesAreSharedAndOnlyWithOthers) {
  EXPECT_EQ(add(ShareGranted{chain.state().account, attic.id, {}, 0}, owner),
            ErrorCode::value_invalid);
  EXPECT_EQ(add(ShareGranted{{}, attic.id, {}, 0}, owner), ErrorCode::value_invalid);
  EXPECT_EQ(add(ShareGranted{friends, attic.id, {}, -1}, owner), ErrorCode::value_invalid);
  EXPECT_EQ(add(ShareGranted{friends, owner.id, {}, 0}, owner), ErrorCode::home_unknown);
  EXPECT_EQ(add(ShareGranted{friends, stranger.id, {}, 0}, owner), ErrorCode::home_unknown);
  EXPECT_EQ(add(whole, stranger), ErrorCode::not_allowed);
  EXPECT_EQ(add(whole, attic), ErrorCode::not_allowed) << "a home signs nothing";
  EXPECT_EQ(recover(whole), ErrorCode::none);
}

TEST_F(AccountSharesTest, WithAHomeItsSharesEnd) {
  const auto cellar = identity_of(8);
  ASSERT_EQ(add(DeviceEnrolled{device(cellar, DeviceKind::home)}, owner), ErrorCode::none);
  ASSERT_EQ(add(whole, owner), ErrorCode::none);
  ASSERT_EQ(add(ShareGranted{friends, cellar.id, {}, 0}, owner), ErrorCode::none);
  ASSERT_EQ(add(DeviceRevoked{attic.id}, owner), ErrorCode::none);
  ASSERT_EQ(chain.shares().size(), 1U);
  EXPECT_EQ(chain.shares().front().granted.home, cellar.id);
  EXPECT_EQ(add(whole, owner), ErrorCode::home_unknown);
}

TEST_F(AccountSharesTest, ThereIsRoomForSoManyAndAlwaysForARevocation) {
  for (std::size_t i = 0; i < limits::shares_per_account_max; ++i) {
    ASSERT_EQ(add(whole, owner), ErrorCode::none);
  }
  EXPECT_EQ(add(whole, owner), ErrorCode::limit_reached);
  ASSERT_EQ(add(ShareRevoked{chain.shares()[50].number}, owner), ErrorCode::none);
  EXPECT_EQ(add(whole, owner), ErrorCode::none);
  auto state = chain.state();
  state.length = limits::free_events_until;
  chain = AccountChain(state, chain.members(), {{3, whole}});
  EXPECT_EQ(add(whole, owner), ErrorCode::limit_reached);
  EXPECT_EQ(add(ShareRevoked{3}, owner), ErrorCode::none);
}

TEST_F(AccountChainTest, ALongChainTakesNoNamesAndStillRevocations) {
  auto state = chain.state();
  state.length = limits::free_events_until;
  chain = AccountChain(state, chain.members());
  EXPECT_EQ(add(DeviceRenamed{owner.id, "desk"}, owner), ErrorCode::limit_reached);
  ASSERT_EQ(add(DeviceEnrolled{device(phone, DeviceKind::player)}, owner), ErrorCode::none);
  EXPECT_EQ(add(DeviceRevoked{phone.id}, owner), ErrorCode::none);
}

}  // namespace
}  // namespace hearth::chain
