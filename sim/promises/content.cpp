// P5: bytes delivered are those of one version of the file, at their offset.

#include "actors/home/home_ports.hpp"
#include "sim/promises/checkers.hpp"

namespace hearth::sim {

namespace {

class Content final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P5"; }

  void media_changed(SimNode& home) override {
    for (const auto& [path, file] : home.media().files()) {
      const auto id = home::item_id_of(Media::folder, path);
      content_by_version_[home::item_version_of(id, file.size, file.mtime_ns, file.inode)] = {
          file.inode, file.size};
    }
  }

  void playback_ended(PlaybackId playback) override {
    const auto& one = scene_.playing.at(playback);
    const auto version = version_.find(playback);
    if (version == version_.end()) {
      return;
    }
    const auto content = content_by_version_.find(version->second);
    if (content != content_by_version_.end() && one.offset != content->second.size) {
      violate(scene_.name_of(one.start.client), "was told that the file ends before it does");
    }
    version_.erase(version);
  }
  void playback_failed(PlaybackId playback, const Error&) override { version_.erase(playback); }

  void bytes_played(PlaybackId playback, const ItemVersion& version, std::uint64_t offset,
                    BytesView bytes) override {
    const auto& one = scene_.playing.at(playback);
    const auto client = scene_.name_of(one.start.client);
    const auto content = content_by_version_.find(version);
    if (version_.emplace(playback, version).first->second != version) {
      violate(client, "was sent bytes of two versions of a file in one playback");
    }
    if (content == content_by_version_.end()) {
      violate(client, "was sent bytes of a version that no file ever had");
    } else if (offset != one.offset) {
      violate(client, "was sent bytes of another offset than the next");
    } else if (first_difference(content->second.inode, offset, bytes)) {
      violate(client, "was sent bytes that are not those of the file");
    }
  }

 private:
  struct File {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
  };
  std::map<ItemVersion, File> content_by_version_;
  std::map<PlaybackId, ItemVersion> version_;
};

}  // namespace

std::unique_ptr<Checker> content_checker(Scene& scene) {
  return std::make_unique<Content>(scene);
}

}  // namespace hearth::sim
