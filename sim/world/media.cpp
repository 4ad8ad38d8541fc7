#include "sim/world/media.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

namespace hearth::sim {

namespace {

constexpr std::uint64_t files_per_album = 10;
/// A block is the marker and filler that follows from its number: a window of 64 bytes tells where
/// it is.
constexpr std::size_t block_bytes = 64;
using Block = std::array<std::uint8_t, block_bytes>;

std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

/// Every byte of every stream comes by here twice: a word is a sum, which the processor makes
/// several of at once.
Block block_of(std::uint64_t inode, std::uint64_t number) {
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15;
  constexpr std::uint64_t words = block_bytes / sizeof(std::uint64_t);
  const auto first = (inode * 0x100000001b3 + number * words) * factor;
  std::array<std::uint64_t, words> filler;
  for (std::uint64_t i = 0; i < words; ++i) {
    const auto word = first + i * factor;
    filler[i] = word ^ (word >> 32U);
  }
  Block block;
  std::memcpy(block.data(), filler.data(), block.size());
  std::memcpy(block.data(), plaintext_marker.data(), plaintext_marker.size());
  return block;
}

/// Calls `visit` with the right bytes for each part of `bytes_count` from `offset` on that lies in
/// one block, and with where it begins; until that says to stop.
template <class Visit>
void visit_blocks(std::uint64_t inode, std::uint64_t offset, std::size_t bytes_count, Visit visit) {
  std::size_t done = 0;
  while (done < bytes_count) {
    const auto at = offset + done;
    const auto block = block_of(inode, at / block_bytes);
    const auto begin = static_cast<std::size_t>(at % block_bytes);
    const auto count = std::min(block_bytes - begin, bytes_count - done);
    if (!visit(done, BytesView(block).subspan(begin, count))) {
      return;
    }
    done += count;
  }
}

}  // namespace

Media::Media(std::uint64_t household, std::size_t files, std::uint64_t bytes_each)
    : bytes_each_(bytes_each), inode_last_(household << 32U) {
  for (std::size_t i = 0; i < files; ++i) {
    add(0);
  }
}

const MediaFile* Media::find(const std::string& path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

void Media::add(std::int64_t now_ns) {
  const auto number = number_last_++;
  const auto path = fmt::format("{} Album {}/{} {:05}.flac", plaintext_marker,
                                number / files_per_album, plaintext_marker, number);
  const auto inode = ++inode_last_;
  files_[path] = {path, bytes_each_ + mixed(inode) % (bytes_each_ / 4 + 1), now_ns, inode};
}

void Media::change(const std::string& path, std::int64_t now_ns) {
  auto& file = files_.at(path);
  file.inode = ++inode_last_;
  file.mtime_ns = now_ns;
}

void fill_media(std::uint64_t inode, std::uint64_t offset, std::span<std::uint8_t> to) {
  visit_blocks(inode, offset, to.size(), [&](std::size_t at, BytesView right) {
    std::memcpy(to.data() + at, right.data(), right.size());
    return true;
  });
}

std::optional<std::uint64_t> first_difference(std::uint64_t inode, std::uint64_t offset,
                                              BytesView bytes) {
  std::optional<std::uint64_t> found;
  visit_blocks(inode, offset, bytes.size(), [&](std::size_t at, BytesView right) {
    const auto there = bytes.subspan(at, right.size());
    if (std::memcmp(there.data(), right.data(), right.size()) == 0) {
      return true;
    }
    const auto differs = std::mismatch(there.begin(), there.end(), right.begin()).first;
    found = offset + at + static_cast<std::uint64_t>(differs - there.begin());
    return false;
  });
  return found;
}

home::FileSeen seen(const MediaFile& file) {
  home::FileSeen seen;
  seen.folder = Media::folder;
  seen.path = file.path;
  seen.size = file.size;
  seen.mtime_ns = file.mtime_ns;
  seen.inode = file.inode;
  return seen;
}

home::FileProbed probed(const MediaFile& file) {
  home::FileProbed probed;
  probed.file = seen(file);
  auto& item = probed.item;
  item.kind = home::ItemKind::audio;
  const auto name = file.path.substr(file.path.rfind('/') + 1);
  item.title = name.substr(0, name.rfind('.'));
  item.artist = fmt::format("{} Artist", plaintext_marker);
  item.duration_ms = 1000 + file.size / 16;
  item.size = file.size;
  item.mime = "audio/flac";
  item.extension = "flac";
  return probed;
}

}  // namespace hearth::sim
