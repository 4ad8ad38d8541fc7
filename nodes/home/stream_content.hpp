#pragma once
// The bytes of one stream: of a file that must stay as it was, or of a cover.

#include "actors/home/home_ports.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "nodes/home/media_file.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace hearth::home {

class StreamContent {
 public:
  /// Takes the cover out of an open file with this extension.
  using TakeArt = std::function<Result<Bytes>(int file, std::string_view extension)>;

  /// Errors: `item_gone` (not there, or no regular file any more), `item_changed`, `not_readable`.
  [[nodiscard]] static Result<StreamContent> open(const StreamSource& source,
                                                  const TakeArt& take_art);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Of a cover, by its first bytes; empty for a media file.
  [[nodiscard]] const std::string& mime() const { return mime_; }

  /// Fills `to` with the bytes from `offset` on, which are there. All are of the version that was
  /// opened: a file that was unlinked goes on, one whose size or mtime changed does not.
  /// Errors: `item_changed`, `not_readable`.
  [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::uint8_t> to) const;

 private:
  UniqueFd file_;
  FileIdentity identity_;
  Bytes art_;  ///< Takes the place of the file.
  std::uint64_t size_ = 0;
  std::string mime_;
};

}  // namespace hearth::home
