#pragma once
// What the victim of a kill writes and its test expects: every batch follows from its number.

#include "storage/event_log.hpp"
#include "tests/support/log_helpers.hpp"

#include <string>

namespace hearth::test {

constexpr std::uint64_t killed_streams = 3;

/// One record in each stream, one row; now and then a snapshot, and what is below it trimmed.
inline storage::Batch batch_to_be_killed(storage::BatchNumber number) {
  storage::Batch batch{number, {}};
  for (std::uint64_t stream = 0; stream < killed_streams; ++stream) {
    auto one = append(stream, number - 1, {"record " + std::to_string(number)});
    one.rows = {{"last", bytes(std::to_string(number))}};
    if (number % 50 == stream) {
      one.snapshot = bytes("state " + std::to_string(number));
      one.trim_below = number;
    }
    batch.appends.push_back(std::move(one));
  }
  return batch;
}

}  // namespace hearth::test
