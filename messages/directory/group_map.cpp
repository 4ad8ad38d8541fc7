#include "messages/directory/group_map.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/short_hash.hpp"

#include <algorithm>
#include <iterator>

namespace hearth::directory {

Bucket bucket_of(BytesView key) {
  return static_cast<Bucket>(seal::short_hash(key) % buckets);
}

GroupId GroupMap::group_of(Bucket bucket) const {
  const auto after =
      std::upper_bound(runs.begin(), runs.end(), bucket,
                       [](Bucket wanted, const BucketRun& run) { return wanted < run.first; });
  HEARTH_CHECK(after != runs.begin());
  return std::prev(after)->group;
}

GroupMap founding_map(std::uint32_t groups) {
  HEARTH_CHECK(groups > 0 && groups <= GroupMap::groups_max);
  GroupMap map{1, {}};
  for (std::uint32_t group = 0; group < groups; ++group) {
    map.runs.push_back({static_cast<Bucket>(group * buckets / groups), GroupId{group}});
  }
  return map;
}

}  // namespace hearth::directory
