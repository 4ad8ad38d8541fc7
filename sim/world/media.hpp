#pragma once
// What lies on the disks of simulated households: files whose every byte follows from where it
// stands, so that whoever gets bytes can tell whether they are the right ones.

#include "actors/home/home_ports.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::sim {

/// Stands in every title and all through the bytes of every file. Whoever may not see either must
/// never hold it.
inline constexpr std::string_view plaintext_marker = "HearthPlaintextMarker";

struct MediaFile {
  std::string path;  ///< In the media folder.
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;  ///< Another one for other bytes.
};

/// One household's folder. Changes are seen by the next scan.
class Media final {
 public:
  static constexpr const char* folder = "/media";

  /// `files` tracks in albums of ten, of about `bytes_each`.
  Media(std::uint64_t household, std::size_t files, std::uint64_t bytes_each);

  [[nodiscard]] const std::map<std::string, MediaFile>& files() const { return files_; }
  [[nodiscard]] const MediaFile* find(const std::string& path) const;

  void add(std::int64_t now_ns);
  /// Other bytes under the same path.
  void change(const std::string& path, std::int64_t now_ns);
  void remove(const std::string& path) { files_.erase(path); }

 private:
  std::map<std::string, MediaFile> files_;
  std::uint64_t bytes_each_;
  std::uint64_t number_last_ = 0;
  std::uint64_t inode_last_;
};

/// The bytes of `inode` from `offset` on.
void fill_media(std::uint64_t inode, std::uint64_t offset, std::span<std::uint8_t> to);
/// Where `bytes` differ from what `inode` has at `offset`; nothing: nowhere.
[[nodiscard]] std::optional<std::uint64_t> first_difference(std::uint64_t inode,
                                                            std::uint64_t offset, BytesView bytes);

[[nodiscard]] home::FileSeen seen(const MediaFile& file);
/// What a prober would find in it.
[[nodiscard]] home::FileProbed probed(const MediaFile& file);

}  // namespace hearth::sim
