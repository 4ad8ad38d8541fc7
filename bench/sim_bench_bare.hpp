#pragma once

namespace hearth::bench {

/// CAF messages a second of processor time: 1,000 actors that send each message by a timer, under
/// CAF's test scheduler and nothing else.
[[nodiscard]] double bare_messages_per_s();

}  // namespace hearth::bench
