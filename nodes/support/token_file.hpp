#pragma once

#include "messages/base/result.hpp"

#include <filesystem>
#include <string>

namespace hearth {

struct TokenFile {
  std::string text;   ///< Without the space around it.
  bool made = false;  ///< Just now.
};

/// The token in `path`. A file that is missing is made, with 32 random bytes as hexadecimal digits.
/// Errors: as in nodes/support/files.hpp, `not_readable` also when others may read it;
/// `value_invalid` when it is empty.
[[nodiscard]] Result<TokenFile> load_or_create_token(const std::filesystem::path& path);

}  // namespace hearth
