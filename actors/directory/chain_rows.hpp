#pragma once
// The events of accounts' chains, as rows. A chain is kept whole: homes that come late verify it
// from its first event on.
//
// Errors: `log_corrupt`, `disk_failed`.

#include "messages/base/result.hpp"
#include "messages/directory/directory_messages.hpp"
#include "storage/event_log.hpp"

#include <cstdint>
#include <optional>

namespace hearth::directory {

/// The event `number` of `account`, if the rows have it.
[[nodiscard]] Result<std::optional<RecordedEvent>> read_chain_event(const storage::LogReader& log,
                                                                    storage::StreamId stream,
                                                                    const AccountId& account,
                                                                    std::uint64_t number);

/// The page behind the event number `after`, as the rows have the chain.
[[nodiscard]] Result<ChainPage> read_chain(const storage::LogReader& log, storage::StreamId stream,
                                           const AccountId& account, std::uint64_t after);

}  // namespace hearth::directory
