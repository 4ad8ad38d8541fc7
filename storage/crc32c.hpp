#pragma once

#include "messages/base/types.hpp"

#include <cstdint>

namespace hearth::storage {

/// CRC-32C (Castagnoli) of what `previous` is the checksum of, followed by `bytes`.
/// Source: RFC 3720, appendix B.4.
[[nodiscard]] std::uint32_t crc32c(BytesView bytes, std::uint32_t previous = 0);

}  // namespace hearth::storage
