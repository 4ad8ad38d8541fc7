#pragma once
// The file of the signed node list, and what a node remembers of those that it was run with: an
// older list than those would bring nodes back that were struck since.

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/support/cluster_file.hpp"

#include <filesystem>

namespace hearth {

struct SignedList {
  Bytes bytes;  ///< As they stand in the file.
  seal::NodeList list;
};

/// The list at `path`, if a root of `cluster` signed it, however old it is. Errors: `not_found`,
/// `not_readable`, and those of `seal::verify_node_list`; the detail names the file.
[[nodiscard]] Result<SignedList> load_node_list(const std::filesystem::path& path,
                                                const Cluster& cluster);

/// Likewise; also `value_invalid` when the list is over at `now`.
[[nodiscard]] Result<SignedList> load_current_node_list(const std::filesystem::path& path,
                                                        const Cluster& cluster, WallTime now);

/// Remembers in the data folder `data`, durably, that its node follows `list` of `cluster`.
/// Errors: `value_invalid` when it has followed a list with a higher serial; `wrong_role` when it
/// has followed another cluster; `message_malformed`; those of writing.
[[nodiscard]] Result<void> follow_node_list(const std::filesystem::path& data,
                                            const Cluster& cluster, const seal::NodeList& list);

}  // namespace hearth
