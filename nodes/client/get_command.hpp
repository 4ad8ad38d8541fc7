#pragma once
// get: the bytes of one item.

#include "messages/base/result.hpp"
#include "nodes/client/api_client.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace hearth::cli {

struct GetOptions {
  std::string home;  ///< Id or name; empty: see `choose_home`.
  std::string item;
  std::string output;  ///< Path; "-": standard output, whatever it is; empty: unless a terminal.
  std::optional<std::string> range;  ///< "A-B", both included, or "A-"; none: everything.
  bool json = false;                 ///< With a path: tell what was written.
};

/// Bytes of a file, `last` included.
struct WantedRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

/// Errors: `value_invalid`.
[[nodiscard]] Result<WantedRange> parse_range(const std::string& text);

/// A transfer that breaks goes on where it stood, for ten seconds without progress at most.
///
/// Errors: as `ApiClient::get`; `range_invalid` (past the end), `item_changed` (while it was
/// fetched), `value_invalid` (options), and those of files.
[[nodiscard]] Result<void> get_item(const ApiClient& api, const GetOptions& options);

}  // namespace hearth::cli
