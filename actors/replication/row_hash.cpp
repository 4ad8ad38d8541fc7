#include "actors/replication/row_hash.hpp"

#include "messages/base/little_endian.hpp"
#include "messages/seal/digest.hpp"

namespace hearth::replication {

RowHash& RowHash::operator+=(const RowHash& other) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] += other.parts[i];
  }
  return *this;
}

RowHash& RowHash::operator-=(const RowHash& other) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] -= other.parts[i];
  }
  return *this;
}

RowHash hash_of_row(std::string_view key, BytesView value) {
  // The length tells where the key ends: no two rows have the same bytes.
  Bytes row(sizeof(std::uint16_t));
  put_le(row.data(), static_cast<std::uint16_t>(key.size()));
  row.reserve(row.size() + key.size() + value.size());
  row.insert(row.end(), key.begin(), key.end());
  row.insert(row.end(), value.begin(), value.end());
  std::array<std::uint8_t, 32> digest{};
  seal::digest_into(digest, row);
  RowHash hash;
  for (std::size_t i = 0; i < hash.parts.size(); ++i) {
    hash.parts[i] = get_le<std::uint64_t>(&digest[8 * i]);
  }
  return hash;
}

}  // namespace hearth::replication
