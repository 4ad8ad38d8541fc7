#pragma once
// Sort keys and cursors of the catalogue's pages.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hearth::home {

/// Bytes that sort as people expect: case-folded, runs of digits by their value ("2" before
/// "10"). At most `bytes_max` long: what is beyond does not count. `text` that is not UTF-8 sorts
/// by its bytes.
[[nodiscard]] std::string natural_key(std::string_view text, std::size_t bytes_max);

/// An opaque token for "after `position`" in the list that `scope` names. Printable.
[[nodiscard]] std::string make_cursor(std::string_view scope, std::string_view position);

/// The position, which need not be one of an item that is still there.
/// Errors: `cursor_invalid` for anything that `make_cursor` did not make for this `scope`.
[[nodiscard]] Result<std::string> read_cursor(std::string_view scope, std::string_view cursor);

/// The words of a folded query: what white space divides, the ideographic space included.
[[nodiscard]] std::vector<std::string> words_of(std::string_view folded);

}  // namespace hearth::home
