#pragma once

#include "storage/event_log.hpp"

namespace hearth::storage {

/// Where one stream stands: enough to judge the next append without reading a record.
struct StreamHead {
  Sequence first = 1;     ///< The oldest record that is still kept; `last` + 1 when none is.
  Sequence last = 0;      ///< The newest record.
  Sequence snapshot = 0;  ///< That the newest snapshot stands at; 0 without one.

  friend bool operator==(const StreamHead&, const StreamHead&) = default;
};

/// The head after `append`. Trimming stops at the newest snapshot, the one in `append` included:
/// both are in one batch, so no crash can take the snapshot and leave the trimming.
///
/// Errors: `sequence_moved`. Precondition: `append` is within the limits of event_log.hpp.
[[nodiscard]] Result<StreamHead> follow(const StreamHead& head, const Append& append);

/// Whether the records above `after` are all still there. Errors: `log_corrupt`.
[[nodiscard]] Result<void> check_replay(const StreamHead& head, StreamId stream, Sequence after);

}  // namespace hearth::storage
