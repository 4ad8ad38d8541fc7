#pragma once
// What a device shows so that a manager may find it: `limits::pairing_code_size` characters that
// cannot be taken for each other, 30 bits. docs/formats/identity.md.

#include <optional>
#include <string>
#include <string_view>

namespace hearth::directory {

/// By chance.
[[nodiscard]] std::string draw_pairing_code();

/// The code that a person typed: small letters are taken, spaces and '-' left out. Nothing: it is
/// none.
[[nodiscard]] std::optional<std::string> read_pairing_code(std::string_view text);

}  // namespace hearth::directory
