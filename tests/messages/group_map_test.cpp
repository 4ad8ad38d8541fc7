// Which bucket a key is of, for ever, and which group a bucket is of, for now.

#include "messages/directory/group_map.hpp"

#include "messages/envelope/codec.hpp"
#include "messages/seal/short_hash.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace hearth::directory {
namespace {

BytesView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Accounts live where these say: whoever changes one loses all accounts.
TEST(Buckets, AreTheSameForEver) {
  EXPECT_EQ(seal::short_hash(bytes_of("")), 0x1980bcdcccf143f0U);
  EXPECT_EQ(seal::short_hash(bytes_of("hearth")), 0x412c13c87ab619fU);
  EXPECT_EQ(bucket_of(bytes_of("hearth")), 415);
  EXPECT_EQ(bucket_of(Bytes(32, 0)), 1291);
  EXPECT_EQ(bucket_of(Bytes(32, 0xff)), 2235);
}

TEST(Buckets, AreUsedEvenly) {
  std::set<Bucket> used;
  Bytes key(32);
  for (unsigned i = 0; i < 40'000; ++i) {
    key[0] = static_cast<std::uint8_t>(i);
    key[1] = static_cast<std::uint8_t>(i >> 8U);
    used.insert(bucket_of(key));
  }
  EXPECT_GT(used.size(), 4080U);
  EXPECT_LT(*used.rbegin(), buckets);
}

TEST(GroupMap, SharesBucketsEqually) {
  const auto map = founding_map(16);
  std::map<GroupId, int> count;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    ++count[map.group_of(static_cast<Bucket>(bucket))];
  }
  ASSERT_EQ(count.size(), 16U);
  for (const auto& [group, buckets_of_it] : count) {
    EXPECT_EQ(buckets_of_it, 256);
  }
  EXPECT_EQ(map.group_of(255), GroupId{0});
  EXPECT_EQ(map.group_of(256), GroupId{1});
  EXPECT_EQ(map.group_of(4095), GroupId{15});
}

TEST(GroupMap, ComesBackAsItWas) {
  const GroupMap map{7, {{0, GroupId{3}}, {1, GroupId{0}}, {4095, GroupId{3}}}};
  EXPECT_EQ(decode<GroupMap>(encode(map)).value(), map);
}

TEST(GroupMap, IsRefusedWhereItIsNoMapOfAllBuckets) {
  for (const auto& runs :
       std::vector<std::vector<BucketRun>>{{},
                                           {{1, GroupId{0}}},
                                           {{0, GroupId{0}}, {0, GroupId{1}}},
                                           {{0, GroupId{0}}, {9, GroupId{1}}, {8, GroupId{2}}},
                                           {{0, GroupId{0}}, {4096, GroupId{1}}},
                                           {{0, GroupId{GroupMap::groups_max}}}}) {
    EXPECT_FALSE(decode<GroupMap>(encode(GroupMap{1, runs})).ok());
  }
}

}  // namespace
}  // namespace hearth::directory
