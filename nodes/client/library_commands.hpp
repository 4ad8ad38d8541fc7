#pragma once
// homes and library ls|search|show|rescan. Data goes to `out`, whole or not at all.

#include "messages/base/result.hpp"
#include "nodes/client/api_client.hpp"

#include <cstdio>
#include <string>

namespace hearth::cli {

struct LibraryOptions {
  std::string home;  ///< Id or name; empty: see `choose_home`.
  bool json = false;
  std::FILE* out = stdout;
};

[[nodiscard]] Result<void> list_homes(const ApiClient& api, const LibraryOptions& options);

/// `container` empty: the root. Recursive: a container stands before what it holds.
[[nodiscard]] Result<void> list_library(const ApiClient& api, const LibraryOptions& options,
                                        const std::string& container, bool recursive);
[[nodiscard]] Result<void> search_library(const ApiClient& api, const LibraryOptions& options,
                                          const std::string& words);
[[nodiscard]] Result<void> show_item(const ApiClient& api, const LibraryOptions& options,
                                     const std::string& item);
/// Starts a scan and waits for its end.
[[nodiscard]] Result<void> rescan_library(const ApiClient& api, const LibraryOptions& options);

}  // namespace hearth::cli
