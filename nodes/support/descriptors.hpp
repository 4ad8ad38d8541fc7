#pragma once

#include <cstddef>

namespace hearth {

/// Raises what this process may have open to what its administrator allows: the soft limit of
/// RLIMIT_NOFILE to the hard one. Children inherit it.
void raise_descriptor_limit();

/// How many descriptors this process may have open. What listens to strangers takes a share, so
/// that none of them uses up what the log and the other ports need: the link half of it, the data
/// port of a super-peer three eighths.
[[nodiscard]] std::size_t descriptor_limit();

}  // namespace hearth
