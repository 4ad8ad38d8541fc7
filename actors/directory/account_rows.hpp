#pragma once
// Keys of the rows that accounts have in their projection:
//   a<account id>           AccountState
//   a<account id><number>   Device, the so-manieth that was enrolled (32 bits)
//   d<device id>            account id
//   e<account id><number>   RecordedEvent, the so-manieth of the account's chain (64 bits)
//   n<digest of the name>   account id
//   r<public recovery key>  account id
// Numbers are big-endian, so that rows are in their order.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::directory {

/// Also what the keys of the account's devices begin with.
[[nodiscard]] std::string account_key(const AccountId& account);
[[nodiscard]] std::string member_key(const AccountId& account, std::uint32_t number);
/// Precondition: `key` is of `member_key`, or as long.
[[nodiscard]] std::uint32_t member_number_in(std::string_view key);
[[nodiscard]] std::string device_key(const NodeId& device);
[[nodiscard]] std::string recovery_key(const SigningKey& key);
[[nodiscard]] std::string event_key(const AccountId& account, std::uint64_t number);
/// Names that look alike to people are one name; it goes into the key as a digest, because keys
/// are shorter than names may be.
[[nodiscard]] std::string name_key(const std::string& name);

}  // namespace hearth::directory
