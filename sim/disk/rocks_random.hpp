#pragma once

#include <cstdint>

namespace hearth::sim {

/// Seeds the chance that RocksDB takes by itself on this thread: the heights of the nodes of its
/// skip lists. They decide how much memory a buffer takes, so when it is flushed, so what the disk
/// sees; left alone, they hang on addresses and on all logs that the process ran before.
void seed_rocksdb(std::uint64_t seed);

}  // namespace hearth::sim
