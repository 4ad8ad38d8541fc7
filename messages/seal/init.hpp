#pragma once

namespace hearth::seal {

/// Readies libsodium: picks the fastest code for this processor and opens the random source.
///
/// Any thread, any number of times; only the first call works. Programs call it first, so that a
/// failure ends with a message. Whatever in seal draws chance or starts a handshake or a stream
/// calls it too and aborts on failure, so that nothing ever runs on a source that is not ready.
/// A simulator swaps libsodium's random source before the first call. False: no random source.
[[nodiscard]] bool init();

}  // namespace hearth::seal
