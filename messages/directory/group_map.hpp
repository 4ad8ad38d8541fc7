#pragma once
// Which group has what: keys hash to buckets, for ever; a map says which group has a bucket, for
// now. Group 0 keeps the map. Pure.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hearth::directory {

using Bucket = std::uint16_t;
inline constexpr std::size_t buckets = 4096;

/// The group that keeps the map, and what belongs to no account: offers of devices to be paired.
inline constexpr GroupId map_group{0};

/// The bucket of an account's id, of a device's, or of the digest of a folded name.
[[nodiscard]] Bucket bucket_of(BytesView key);

/// Buckets from `first` on belong to `group`.
struct BucketRun {
  Bucket first = 0;
  GroupId group{};
  friend bool operator==(const BucketRun&, const BucketRun&) = default;
};

struct GroupMap {
  static constexpr std::size_t encoded_bytes_max = std::size_t{128} << 10U;
  static constexpr std::uint32_t groups_max = 1024;

  std::uint64_t version = 0;                 ///< Only grows; the higher one counts.
  std::vector<BucketRun> runs{BucketRun{}};  ///< In order; the first begins with bucket 0.

  /// Precondition: `bucket` is one.
  [[nodiscard]] GroupId group_of(Bucket bucket) const;
  friend bool operator==(const GroupMap&, const GroupMap&) = default;
};

/// The first map: version 1, an equal run of buckets for each of `groups`, from group 0 on.
/// Precondition: 1 to `GroupMap::groups_max`.
[[nodiscard]] GroupMap founding_map(std::uint32_t groups);

/// In place of an answer: nothing happened, for the bucket is another group's, as this map says.
struct WrongGroup {
  static constexpr MessageKind kind = MessageKind::wrong_group;
  GroupMap map;
  friend bool operator==(const WrongGroup&, const WrongGroup&) = default;
};

}  // namespace hearth::directory
