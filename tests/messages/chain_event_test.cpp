// Events of an account's chain, byte by byte.

#include "messages/directory/chain_event.hpp"

#include "messages/base/limits.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hearth::directory {
namespace {

using testing::identity_of;
using testing::secret_of;

const auto owner = identity_of(1);
const auto phone = identity_of(2);
const auto recovery = secret_of(3);

ChainHash hash(std::uint8_t byte) {
  ChainHash hash;
  hash.bytes.fill(byte);
  return hash;
}

FolderId folder(std::uint8_t byte) {
  FolderId id;
  id.bytes.fill(byte);
  return id;
}

const std::vector<std::pair<const char*, ChainEvent>> events{
    {"opened",
     {1,
      {},
      owner.keys.signing,
      AccountOpened{
          "ann", seal::signing_key_of(recovery), {owner.keys, DeviceKind::manager, "desk"}}}},
    {"enrolled",
     {2, hash(7), owner.keys.signing,
      DeviceEnrolled{{phone.keys, DeviceKind::player, "Téléphone"}}}},
    {"revoked", {0x0102030405060708, hash(8), owner.keys.signing, DeviceRevoked{phone.id}}},
    {"renamed", {4, hash(9), owner.keys.signing, DeviceRenamed{phone.id, "Ann's phone"}}},
    {"share_granted",
     {5, hash(10), owner.keys.signing,
      ShareGranted{AccountId{hash(0x21).bytes}, phone.id, folder(0x22), 1'800'000'000'000}}},
    {"share_revoked", {6, hash(11), owner.keys.signing, ShareRevoked{5}}},
};

Bytes bytes_of(const SignedEvent& event) {
  auto bytes = event.body;
  bytes.insert(bytes.end(), event.signature.bytes.begin(), event.signature.bytes.end());
  return bytes;
}

TEST(ChainEvent, IsTheGoldenOne) {
  const auto golden = testing::read_golden("seal/account_chain.hex");
  for (const auto& [name, event] : events) {
    EXPECT_EQ(to_hex(bytes_of(sign_event(event, owner.signing_seed))), to_hex(golden.at(name)))
        << name;
  }
  const auto proof = sign_recovery_request(phone.id, recovery);
  EXPECT_EQ(to_hex(proof.view()), to_hex(golden.at("recovery_request")));
  EXPECT_EQ(to_hex(hash_of(sign_event(events[0].second, owner.signing_seed)).view()),
            to_hex(golden.at("account")));
}

TEST(ChainEvent, GivesBackWhatWasSigned) {
  for (const auto& [name, event] : events) {
    const auto read = verify_event(sign_event(event, owner.signing_seed));
    ASSERT_TRUE(read) << name << ' ' << read.error().detail;
    EXPECT_EQ(read.value().event, event) << name;
  }
}

TEST(ChainEvent, NoChangedByteIsTaken) {
  for (const auto& [name, event] : events) {
    const auto good = sign_event(event, owner.signing_seed);
    for (std::size_t i = 0; i < good.body.size(); ++i) {
      auto changed = good;
      changed.body[i] ^= 1U;
      EXPECT_FALSE(verify_event(changed)) << name << ' ' << i;
    }
    auto longer = good;
    longer.body.push_back(0);
    EXPECT_FALSE(read_event(longer)) << name;
    for (std::size_t size = 0; size < good.body.size(); ++size) {
      const SignedEvent shorter{
          Bytes(good.body.begin(), good.body.begin() + static_cast<std::ptrdiff_t>(size)),
          good.signature};
      EXPECT_FALSE(read_event(shorter)) << name << ' ' << size;
    }
  }
}

TEST(ChainEvent, WhatALaterVersionSaysIsNotMalformed) {
  const auto code = [](std::size_t at, std::uint8_t value) {
    auto event = sign_event(events[1].second, owner.signing_seed);
    event.body[at] = value;
    return read_event(event).error().code;
  };
  EXPECT_EQ(code(4, 2), ErrorCode::format_newer);
  EXPECT_EQ(code(6, 7), ErrorCode::format_newer);
  EXPECT_EQ(code(144, 4), ErrorCode::format_newer) << "a kind of device";
  EXPECT_EQ(code(4, 0), ErrorCode::message_malformed);
  EXPECT_EQ(code(7, 1), ErrorCode::message_malformed);
}

TEST(ChainEvent, NamesAreText) {
  EXPECT_FALSE(read_event(sign_event(
      {2, hash(1), owner.keys.signing, DeviceRenamed{phone.id, "\xff"}}, owner.signing_seed)));
  auto event = sign_event({2, hash(1), owner.keys.signing,
                           DeviceRenamed{phone.id, std::string(limits::name_bytes_max, 'x')}},
                          owner.signing_seed);
  EXPECT_TRUE(read_event(event));
  event.body[113] = 2;  // 512 bytes
  event.body.resize(event.body.size() + 256, 'x');
  EXPECT_FALSE(read_event(event));
}

TEST(ChainEvent, AProofIsForOneAskerAndOneKey) {
  const auto proof = sign_recovery_request(phone.id, recovery);
  const auto key = seal::signing_key_of(recovery);
  EXPECT_TRUE(verify_recovery_request(phone.id, key, proof));
  EXPECT_FALSE(verify_recovery_request(owner.id, key, proof));
  EXPECT_FALSE(verify_recovery_request(phone.id, owner.keys.signing, proof));
}

}  // namespace
}  // namespace hearth::directory
