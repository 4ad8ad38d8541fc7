#pragma once
// Keys of the rows that accounts have in their group's projection. All begin with the bucket of
// the account's id (16 bits): the rows of a bucket are one range.
//   a<account id>           AccountState
//   a<account id><number>   Device, the so-manieth that was enrolled (32 bits)
//   a<account id><number>   Share, that the so-manieth event granted (64 bits)
//   d<device id>            account id: whether the device is of an account of the bucket
//   e<account id><number>   RecordedEvent, the so-manieth of the account's chain (64 bits)
// and of the claims that names, devices and recovery keys have, in theirs:
//   h<claim key>              Claim that holds; the bucket before it is that of the claim's key
//   o<claim key>              Claim that nobody has confirmed; no bucket before it
//   x<account id><claim key>  ClaimRefused; the bucket before it is the account's
// and of what accounts share with each other:
//   s<grantee><granter>     ShareNews that were heard; the bucket before it is the grantee's
//   n<granter><grantee>     ShareNews that are to be told; no bucket before it
// Numbers are big-endian, so that rows are in their order.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/claim_messages.hpp"
#include "messages/directory/group_map.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::directory {

/// Also what the keys of the account's devices and shares begin with.
[[nodiscard]] std::string account_key(const AccountId& account);
[[nodiscard]] std::string member_key(const AccountId& account, std::uint32_t number);
/// Precondition: `key` is of `member_key`, or as long.
[[nodiscard]] std::uint32_t member_number_in(std::string_view key);
[[nodiscard]] std::string share_key(const AccountId& account, std::uint64_t number);
[[nodiscard]] std::string device_key(Bucket bucket, const NodeId& device);
[[nodiscard]] std::string event_key(const AccountId& account, std::uint64_t number);

/// Names that look alike to people are one name; it goes into the key as a digest, because keys
/// are shorter than names may be.
[[nodiscard]] ClaimKey claim_on_name(const std::string& name);
[[nodiscard]] ClaimKey claim_on_device(const NodeId& device);
[[nodiscard]] ClaimKey claim_on_recovery(const SigningKey& key);
[[nodiscard]] std::string held_claim_key(const ClaimKey& key);
inline constexpr char open_claim_prefix = 'o';
[[nodiscard]] std::string open_claim_key(const ClaimKey& key);
[[nodiscard]] std::string refused_claim_key(const AccountId& account, const ClaimKey& key);

/// What the keys of all that `grantee` has heard begin with.
[[nodiscard]] std::string heard_news_key(const AccountId& grantee);
[[nodiscard]] std::string heard_news_key(const AccountId& grantee, const AccountId& granter);
inline constexpr char untold_news_prefix = 'n';
[[nodiscard]] std::string untold_news_key(const AccountId& granter, const AccountId& grantee);

}  // namespace hearth::directory
