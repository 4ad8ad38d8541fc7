// P13: a share shows nothing outside of what was chosen. P1: what was acknowledged of shares is so.

#include "messages/seal/folder_id.hpp"
#include "sim/promises/checkers.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace hearth::sim {

namespace {

class Sharing final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P13"; }

  void media_changed(SimNode& home) override {
    const auto key = seal::folder_key(home.member().self.signing_seed);
    auto& folders = folder_by_item_[home.id()];
    for (const auto& [path, file] : home.media().files()) {
      const auto album = home::item_id_of(Media::folder, path.substr(0, path.rfind('/')));
      const auto folder = seal::folder_id(key, album);
      folders[album] = folder;
      folders[home::item_id_of(Media::folder, path)] = folder;
    }
  }

  void page_shown(const NodeId& client, const NodeId& home, const home::ItemsPage& page) override {
    for (const auto& item : page.items) {
      judge(client, home, item.id, "was shown");
      if (!item.parent.is_zero()) {
        judge(client, home, item.parent, "was told of a folder with");
      }
    }
  }
  void bytes_played(PlaybackId playback, const ItemVersion&, std::uint64_t, BytesView) override {
    const auto& start = scene_.playing.at(playback).start;
    judge(start.client, start.home, start.item, "got bytes of");
  }

  void finished() override {
    if (const auto& lost = scene_.shares.lost(); !lost.empty()) {
      scene_.violate("P1", "accounts", lost);
    }
  }

 private:
  void judge(const NodeId& client, const NodeId& home, const ItemId& item, const char* what) {
    if (scene_.are_of_one_household(client, home)) {
      return;
    }
    const auto& folders = folder_by_item_[home];
    const auto folder = folders.find(item);
    if (folder == folders.end() || !scene_.is_shared(client, home, folder->second)) {
      violate(scene_.name_of(client), std::string(what) + " what nobody shares with it");
    }
  }

  std::map<NodeId, std::map<ItemId, FolderId>> folder_by_item_;  ///< By home; of all it ever had.
};

}  // namespace

std::unique_ptr<Checker> sharing_checker(Scene& scene) {
  return std::make_unique<Sharing>(scene);
}

}  // namespace hearth::sim
