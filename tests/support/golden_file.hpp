#pragma once
// Bytes that must never change without a new version of their format: tests/golden.

#include "messages/base/types.hpp"

#include <map>
#include <string>

namespace hearth::testing {

/// Reads tests/golden/`name`: lines of a word and hexadecimal digits; '#' begins a comment.
/// Empty, and a failure of the running test, when the file cannot be read or has another form.
[[nodiscard]] std::map<std::string, Bytes> read_golden(const std::string& name);

}  // namespace hearth::testing
