#pragma once
// What a probe worker says of a file, and the bytes that it says it with. Pure.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/home/home_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace hearth::home {

struct ProbeAnswer {
  bool readable = false;  ///< False: no prober can open the file; all else is empty.
  ItemKind kind = ItemKind::audio;
  std::string title;
  std::string artist;
  std::string album;
  std::uint32_t track = 0;
  std::uint64_t duration_ms = 0;
  std::uint32_t width = 0;  ///< As shown: rotation is applied.
  std::uint32_t height = 0;
  std::optional<std::int64_t> taken_at_s;
  std::string art_extension;  ///< Of the cover inside, as `picture_type_of`; empty: none.

  friend bool operator==(const ProbeAnswer&, const ProbeAnswer&) = default;
};

inline constexpr std::size_t probe_answer_bytes_max = 8192;
inline constexpr std::size_t art_bytes_max = std::size_t{16} << 20U;

[[nodiscard]] Bytes encode_probe_answer(const ProbeAnswer& answer);

/// Numbers that make no sense become 0, texts are cleaned: what comes out may be shown to anyone.
/// Errors: `message_malformed`.
[[nodiscard]] Result<ProbeAnswer> decode_probe_answer(BytesView bytes);

/// UTF-8 (what is not is replaced), NFC, without control characters and outer spaces, at most
/// `bytes_max` long.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t bytes_max);

}  // namespace hearth::home
