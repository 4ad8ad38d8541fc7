#pragma once
// What a probe worker runs in its own process: libraries that parse whatever people have lying
// around. Never call these in the home's process. `file` is read from its start and stays open.

#include "messages/base/types.hpp"
#include "nodes/home/probe_answer.hpp"

#include <string_view>

namespace hearth::home {

/// The prober for `extension`, and where it does not know the content another one that does.
[[nodiscard]] ProbeAnswer probe(int file, std::string_view extension);
/// The cover inside the file, unchanged; empty for none and beyond `art_bytes_max`.
[[nodiscard]] Bytes embedded_art(int file, std::string_view extension);

// By library: TagLib for sound, libavformat for films, libexif and our own headers for pictures.
[[nodiscard]] ProbeAnswer probe_tags(int file);
[[nodiscard]] Bytes art_in_tags(int file);
[[nodiscard]] ProbeAnswer probe_streams(int file);
[[nodiscard]] Bytes art_in_streams(int file);
[[nodiscard]] ProbeAnswer probe_picture(int file);

}  // namespace hearth::home
