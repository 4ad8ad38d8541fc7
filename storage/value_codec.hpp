#pragma once
// Values of the log: schema version 1 | CRC-32C 4, little-endian | payload. The checksum is over
// key, version and payload, so that a value under another key is found out as well.
// docs/formats/event_log.md has the bytes.

#include "storage/stream_head.hpp"

#include <array>
#include <string_view>

namespace hearth::storage {

inline constexpr std::uint8_t value_version = 1;

/// Of the log as a whole: what a program must know to read it.
inline constexpr std::uint16_t log_format = 1;

inline constexpr std::size_t value_header_bytes = 5;
using ValueHeader = std::array<char, value_header_bytes>;

/// What stands before `payload` in the value of `key`. Apart from it, so that nobody has to copy
/// the payload.
[[nodiscard]] ValueHeader value_header(std::string_view key, BytesView payload,
                                       std::uint8_t version = value_version);

/// The payload within `value`, as long as that lives.
/// Errors: `log_corrupt`, `format_newer`.
[[nodiscard]] Result<BytesView> open_value(std::string_view key, std::string_view value);

using HeadPayload = std::array<std::uint8_t, 24>;
[[nodiscard]] HeadPayload encode_head(const StreamHead& head);
[[nodiscard]] Result<StreamHead> decode_head(BytesView payload);

using BatchNumberPayload = std::array<std::uint8_t, 8>;
[[nodiscard]] BatchNumberPayload encode_batch_number(BatchNumber number);
[[nodiscard]] Result<BatchNumber> decode_batch_number(BytesView payload);

using FormatPayload = std::array<std::uint8_t, 2>;
[[nodiscard]] FormatPayload encode_format(std::uint16_t format);

/// Errors: `log_corrupt`, `format_newer` where it is not `log_format`.
[[nodiscard]] Result<void> check_format(BytesView payload);

}  // namespace hearth::storage
