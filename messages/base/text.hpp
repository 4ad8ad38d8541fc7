#pragma once
// Unicode as names and searches need it. Source: Unicode 15, by utf8proc.

#include <optional>
#include <string>
#include <string_view>

namespace hearth {

/// True for well-formed UTF-8 (no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

/// `text` in NFC, or nothing if it is not UTF-8.
[[nodiscard]] std::optional<std::string> nfc(std::string_view text);

/// `text` in NFC and case-folded: equal for texts that people take for the same. Nothing if it is
/// not UTF-8.
[[nodiscard]] std::optional<std::string> fold_case(std::string_view text);

}  // namespace hearth
