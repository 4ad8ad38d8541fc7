#include "actors/replication/snapshot_chunk.hpp"

#include "actors/replication/group_rows.hpp"
#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/little_endian.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace hearth::replication {

namespace {

using KeyLength = std::uint16_t;
using ValueLength = std::uint32_t;

template <class Length>
void put_blob(Bytes& bytes, BytesView blob) {
  const auto at = bytes.size();
  bytes.resize(at + sizeof(Length));
  put_le(&bytes[at], static_cast<Length>(blob.size()));
  bytes.insert(bytes.end(), blob.begin(), blob.end());
}

/// Nothing where `bytes` end before it does.
template <class Length>
std::optional<BytesView> next_blob(BytesView& bytes) {
  if (bytes.size() < sizeof(Length)) {
    return std::nullopt;
  }
  const std::size_t length = get_le<Length>(bytes.data());
  bytes = bytes.subspan(sizeof(Length));
  if (bytes.size() < length) {
    return std::nullopt;
  }
  const auto blob = bytes.first(length);
  bytes = bytes.subspan(length);
  return blob;
}

bool is_of_a_state(std::string_view key, BytesView value) {
  if (key == applied_key) {
    return decode_applied(value).ok();
  }
  if (key.size() < row_prefix_bytes) {
    return false;
  }
  if (key[0] == sequence_prefix) {
    return key.size() == row_prefix_bytes && decode_sequence(value).ok();
  }
  return key[0] == row_prefix && key.size() > row_prefix_bytes &&
         key.size() <= row_prefix_bytes + limits::replicated_row_key_bytes_max;
}

}  // namespace

Bytes encode_chunk(std::span<const storage::Row> rows) {
  Bytes bytes;
  for (const auto& row : rows) {
    if (row.key != mark_key) {
      HEARTH_CHECK(row.value.has_value());
      put_blob<KeyLength>(bytes,
                          {reinterpret_cast<const std::uint8_t*>(row.key.data()), row.key.size()});
      put_blob<ValueLength>(bytes, *row.value);
    }
  }
  return bytes;
}

Result<std::vector<storage::Row>> decode_chunk(BytesView bytes) {
  std::vector<storage::Row> rows;
  while (!bytes.empty()) {
    const auto key = next_blob<KeyLength>(bytes);
    const auto value = key ? next_blob<ValueLength>(bytes) : std::nullopt;
    if (!value) {
      return Error{ErrorCode::message_malformed, "a chunk ends within a row"};
    }
    std::string name(key->begin(), key->end());
    if (!is_of_a_state(name, *value) || (!rows.empty() && name <= rows.back().key)) {
      return Error{ErrorCode::message_malformed, "a chunk has rows that no state has"};
    }
    rows.push_back({std::move(name), Bytes(value->begin(), value->end())});
  }
  return rows;
}

}  // namespace hearth::replication
