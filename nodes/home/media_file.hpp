#pragma once
// Opening media by place, and only what is a regular file under its media folder: no link on the
// way, no waiting for a FIFO, no device.

#include "nodes/support/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <variant>

struct stat;

namespace hearth::home {

/// Which bytes a file holds: while these stay, the bytes do.
struct FileIdentity {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

[[nodiscard]] FileIdentity identity_of(const struct stat& status);

enum class OpenFailure : std::uint8_t { vanished, symlink, special, unreadable };

struct MediaFile {
  UniqueFd fd;
  FileIdentity identity;  ///< Of the open file.
};

/// `path` in `folder`, for reading. Never blocks on what it finds there.
[[nodiscard]] std::variant<MediaFile, OpenFailure> open_media_file(const std::string& folder,
                                                                   const std::string& path);

/// The folder `path` in `folder` (empty: itself), to list it. The media folder itself may be a
/// link, because its owner named it; nothing below may.
[[nodiscard]] std::variant<UniqueFd, OpenFailure> open_media_folder(const std::string& folder,
                                                                    const std::string& path);

}  // namespace hearth::home
