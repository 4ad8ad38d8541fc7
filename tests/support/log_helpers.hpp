#pragma once
// Short words for what tests say to an event log.

#include "storage/event_log.hpp"
#include "tests/support/stepped_engine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::test {

inline Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}
inline std::string text(BytesView view) {
  return {view.begin(), view.end()};
}

inline storage::Append append(std::uint64_t stream, storage::Sequence expected,
                              const std::vector<std::string>& records) {
  storage::Append append;
  append.stream = storage::StreamId{stream};
  append.expected = expected;
  for (const auto& record : records) {
    append.records.push_back(bytes(record));
  }
  return append;
}

/// Commits one batch of `appends`, with the number that is next.
inline Result<void> commit(storage::EventLog& log, SteppedEngine& engine,
                           std::vector<storage::Append> appends) {
  Result<void> outcome = Error{ErrorCode::timed_out, "done was not called"};
  log.commit({log.last_batch() + 1, std::move(appends)},
             [&](Result<void> result) { outcome = std::move(result); });
  engine.commit();
  return outcome;
}

using Records = std::vector<std::pair<storage::Sequence, std::string>>;

/// The records of `stream` above `after`; the test fails where they cannot be read.
inline Records replayed(const storage::EventLog& log, std::uint64_t stream,
                        storage::Sequence after = 0) {
  Records records;
  const auto outcome =
      log.replay(storage::StreamId{stream}, after,
                 [&](storage::Sequence sequence, BytesView record) -> Result<void> {
                   records.emplace_back(sequence, text(record));
                   return {};
                 });
  EXPECT_TRUE(outcome.ok()) << outcome.error().detail;
  return records;
}

inline ErrorCode code_of(const Result<void>& outcome) {
  return outcome ? ErrorCode::none : outcome.error().code;
}

}  // namespace hearth::test
