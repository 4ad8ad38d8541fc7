#include "actors/replication/read_index.hpp"

namespace hearth::replication {

void ReadIndex::begin(std::uint64_t round, Index commit) {
  if (wants_round()) {
    under_way_.swap(waiting_);
    round_ = round;
    index_ = commit;
  }
}

void ReadIndex::confirm(std::uint64_t round, std::vector<ReadReady>& ready) {
  if (round < round_) {
    return;
  }
  for (const auto token : under_way_) {
    ready.push_back({token, index_});
  }
  under_way_.clear();
}

void ReadIndex::clear() {
  waiting_.clear();
  under_way_.clear();
}

}  // namespace hearth::replication
