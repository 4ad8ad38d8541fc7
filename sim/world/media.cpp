#include "sim/world/media.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

namespace hearth::sim {

namespace {

constexpr std::uint64_t files_per_album = 10;
/// A block is the marker, its number and filler: a window of 64 bytes tells where it is.
constexpr std::size_t block_bytes = 64;

std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

std::array<std::uint8_t, block_bytes> block_of(std::uint64_t inode, std::uint64_t number) {
  std::array<std::uint8_t, block_bytes> block{};
  auto* to = block.data();
  for (std::size_t i = 0; i < block_bytes; i += sizeof(std::uint64_t)) {
    const auto word = mixed(inode * 0x100000001b3 + number * 8 + i / 8);
    std::memcpy(to + i, &word, sizeof word);
  }
  std::memcpy(to, plaintext_marker.data(), plaintext_marker.size());
  return block;
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
  std::size_t done = 0;
  while (done < to.size()) {
    const auto at = offset + done;
    const auto block = block_of(inode, at / block_bytes);
    const auto begin = static_cast<std::size_t>(at % block_bytes);
    const auto count = std::min(block_bytes - begin, to.size() - done);
    std::memcpy(to.data() + done, block.data() + begin, count);
    done += count;
  }
}

std::optional<std::uint64_t> first_difference(std::uint64_t inode, std::uint64_t offset,
                                              BytesView bytes) {
  Bytes right(bytes.size());
  fill_media(inode, offset, right);
  const auto differs = std::mismatch(bytes.begin(), bytes.end(), right.begin());
  if (differs.first == bytes.end()) {
    return std::nullopt;
  }
  return offset + static_cast<std::uint64_t>(differs.first - bytes.begin());
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
