#pragma once
// Findings of a scanner, for tests of the catalogue.

#include "actors/home/catalogue_index.hpp"
#include "actors/home/catalogue_machine.hpp"

#include <string>

namespace hearth::testing {

inline const std::string music = "/media/music";
inline constexpr WallTime noon{Millis{1'800'000'000'000}};

inline home::FileProbed folder_seen(const std::string& path, const std::string& folder = music) {
  home::FileProbed probed;
  probed.file = {folder, path, true, 0, 0, 0};
  const auto place = path.empty() ? folder : path;
  probed.item.title = place.substr(place.rfind('/') + 1);
  return probed;
}

inline home::FileProbed song_seen(const std::string& path, const std::string& title = "song",
                                  const std::string& folder = music) {
  home::FileProbed probed;
  probed.file = {folder, path, false, 1000, 77, 5};
  probed.item.kind = home::ItemKind::audio;
  probed.item.title = title;
  probed.item.mime = "audio/mpeg";
  probed.item.extension = "mp3";
  return probed;
}

inline ItemId id_of(const std::string& path, const std::string& folder = music) {
  return home::item_id_of(folder, path);
}

/// A machine and its index, as a home keeps them.
struct Catalogue {
  explicit Catalogue(std::vector<std::string> folders = {music}) : machine(std::move(folders)) {}

  home::ScanOutcome scan(std::vector<home::FileProbed> probed, WallTime now = noon) {
    home::ScanBatch batch;
    batch.probed = std::move(probed);
    return take(machine.decide(batch, now));
  }
  home::ScanOutcome reject(const home::FileProbed& file) {
    home::ScanBatch batch;
    batch.broken.push_back({file.file});
    return take(machine.decide(batch, noon));
  }
  home::ScanOutcome cover(const std::string& path, const std::string& art_path) {
    home::ScanBatch batch;
    batch.covers.push_back({id_of(path), art_path, art_path.substr(art_path.rfind('.') + 1)});
    return take(machine.decide(batch, noon));
  }
  home::ScanOutcome finish(std::vector<ItemId> seen, std::vector<std::string> unreadable = {}) {
    std::ranges::sort(seen);
    home::ScanFinished finished;
    finished.seen = std::move(seen);
    finished.unreadable = std::move(unreadable);
    return take(machine.decide(finished));
  }
  home::ScanOutcome take(home::ScanOutcome outcome) {
    for (const auto& event : outcome.events) {
      machine.apply(event);
      index.apply(event);
    }
    return outcome;
  }

  home::CatalogueMachine machine;
  home::CatalogueIndex index;
};

}  // namespace hearth::testing
