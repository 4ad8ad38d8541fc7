#pragma once
// What this machine takes for the work that the simulator charges: real codecs, real cryptography,
// a real disk, on real time.

#include "messages/base/result.hpp"
#include "sim/drill/profile.hpp"

#include <filesystem>

namespace hearth::sim {

/// Takes a few seconds, once in a process. Syncs are measured on the disk of `folder`, by a file
/// that is gone afterwards. Medians: of taking in a short request, of a byte of media, of the
/// listener's part of a handshake, of what actors need for each kind of message. Errors:
/// `disk_failed`: the folder cannot be written or synced.
[[nodiscard]] Result<drill::Profile> measure(const std::filesystem::path& folder);

}  // namespace hearth::sim
