#pragma once
// One HTTP request, by libcurl. Blocks.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace hearth::cli {

struct TransferHead {
  unsigned status = 0;
  std::string etag;
  std::optional<std::uint64_t> content_length;
};

struct TransferRequest {
  std::string method = "GET";
  std::string url;
  std::string token;     ///< Empty: none is sent.
  std::string range;     ///< "A-B"; empty: none.
  std::string if_range;  ///< An ETag; empty: none.
  Millis budget{0};      ///< For all of it; 0: as long as bytes come.
  /// False ends the transfer. `head` before the first bytes.
  std::function<bool(const TransferHead& head)> on_head = {};
  std::function<bool(BytesView bytes)> on_body;
  /// Asked about once a second while nothing comes; false ends the transfer.
  std::function<bool()> on_wait = {};
};

/// Redirects are not followed, proxies not used: a token goes to the gateway that was named.
///
/// Errors: `unreachable` (no connection, or it broke: the answer is not whole), `timed_out`,
/// `value_invalid` (the URL), `outcome_unknown` (ended by a callback).
[[nodiscard]] Result<TransferHead> transfer(const TransferRequest& request);

}  // namespace hearth::cli
