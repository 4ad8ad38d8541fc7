#pragma once
// Keys of the log in an ordered key-value store, all big-endian so that their order is that of the
// numbers: group 4 | stream 8 | kind 1 | sequence 8, or for rows the row's own key in place of the
// sequence. docs/formats/event_log.md has the bytes.

#include "storage/event_log.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::storage {

enum class KeyKind : std::uint8_t { meta = 0, snapshot = 1, run = 2, row = 3 };

/// Group of a node's own streams; others are replicated.
inline constexpr std::uint32_t own_group = 0;

inline constexpr std::size_t key_prefix_bytes = 13;  ///< Group, stream and kind.
inline constexpr std::size_t key_bytes = key_prefix_bytes + 8;

using KeyPrefix = std::array<char, key_prefix_bytes>;
using Key = std::array<char, key_bytes>;

[[nodiscard]] Key snapshot_key(StreamId stream, Sequence sequence);

/// Of the run of records that ends with `last`. The first key from `run_key(stream, n)` on is that
/// of the run with record `n` in it.
[[nodiscard]] Key run_key(StreamId stream, Sequence last);

/// Of the stream's `StreamHead`. The first key of all that a stream has.
[[nodiscard]] Key head_key(StreamId stream);

/// Behind all keys of `stream` and before those of the next one.
[[nodiscard]] Key stream_end(StreamId stream);

/// Of what the log as a whole has, behind all streams: the last batch number, and the format.
[[nodiscard]] Key last_batch_key();
[[nodiscard]] Key format_key();

/// What the keys of all rows of `stream` begin with.
[[nodiscard]] KeyPrefix row_prefix(StreamId stream);

/// The stream that `key` belongs to, and nothing for keys of the log as a whole.
[[nodiscard]] std::optional<StreamId> stream_of(std::string_view key);

/// The sequence in `key`, which is one of a run or snapshot.
[[nodiscard]] Sequence sequence_of(std::string_view key);

template <std::size_t Size>
[[nodiscard]] std::string_view view(const std::array<char, Size>& key) {
  return {key.data(), key.size()};
}

}  // namespace hearth::storage
