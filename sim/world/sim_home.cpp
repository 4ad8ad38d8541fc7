#include "sim/world/sim_home.hpp"

#include "sim/world/served_stream.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t batch_files = 50;
constexpr std::chrono::nanoseconds look_time = 20us;  ///< At a file that did not change.
constexpr std::chrono::nanoseconds probe_time = 2ms;
constexpr std::size_t streams_max = 256;

const home::KnownFile* find(const home::StartScan& order, const ItemId& id) {
  const auto at = std::lower_bound(
      order.known.begin(), order.known.end(), id,
      [](const auto& known, const ItemId& wanted) { return known.first < wanted; });
  return at != order.known.end() && at->first == id ? &at->second : nullptr;
}

bool is_same(const home::KnownFile& known, const MediaFile& file) {
  return !known.rejected && known.size == file.size && known.mtime_ns == file.mtime_ns &&
         known.inode == file.inode;
}

home::FileProbed folder_found(const std::string& path) {
  home::FileProbed found;
  found.file = {Media::folder, path, true, 0, 0, 0};
  found.item.kind = home::ItemKind::container;
  found.item.title = path;
  return found;
}

}  // namespace

/// A run: what is there is looked at as it was when the run began.
struct SimHome::Scan {
  home::StartScan order;
  std::vector<MediaFile> files;
  std::size_t next = 0;
  std::set<std::string> folders;
  std::vector<ItemId> seen;
};

SimHome::SimHome(Network& network, Timers& timers, HostId host, const Media& media)
    : network_(network), timers_(timers), host_(host), media_(media) {}

SimHome::~SimHome() = default;

void SimHome::order(home::HomeCommand command) {
  std::visit([this](auto& each) { on(std::move(each)); }, command);
}

// ---- scans ----

void SimHome::on(home::StartScan order) {
  scan_ = std::make_unique<Scan>();
  scan_->order = std::move(order);
  for (const auto& [path, file] : media_.files()) {
    scan_->files.push_back(file);
  }
  next_batch();
}

void SimHome::on(const home::ContinueScan& order) {
  if (scan_ && scan_->order.run == order.run) {
    next_batch();
  }
}

void SimHome::next_batch() {
  auto& scan = *scan_;
  home::ScanBatch batch;
  batch.run = scan.order.run;
  std::chrono::nanoseconds takes{0};
  while (scan.next < scan.files.size() && batch.probed.size() < batch_files) {
    const auto& file = scan.files[scan.next++];
    const auto album = file.path.substr(0, file.path.rfind('/'));
    const auto album_id = home::item_id_of(Media::folder, album);
    if (scan.folders.insert(album).second) {
      scan.seen.push_back(album_id);
      if (find(scan.order, album_id) == nullptr) {
        batch.probed.push_back(folder_found(album));
      }
    }
    const auto id = home::item_id_of(Media::folder, file.path);
    scan.seen.push_back(id);
    const auto* known = find(scan.order, id);
    const bool same = known != nullptr && is_same(*known, file);
    takes += same ? look_time : probe_time;
    if (!same) {
      batch.probed.push_back(probed(file));
    }
  }
  const bool over = scan.next == scan.files.size() && batch.probed.empty();
  const home::ScanProgress progress{over ? home::ScanState::idle : home::ScanState::scanning,
                                    scan.next, scan.files.size()};
  home::HomeExternal found;
  if (over) {
    std::sort(scan.seen.begin(), scan.seen.end());
    found = home::ScanFinished{scan.order.run, progress, std::move(scan.seen), {}, {}, 0};
    scan_.reset();
  } else {
    batch.progress = progress;
    found = std::move(batch);
  }
  timers_.after(takes, [this, alive = std::weak_ptr(alive_), found = std::move(found)] {
    if (!alive.expired()) {
      machine(found);
    }
  });
}

// ---- streams ----

void SimHome::on(home::ServeStream order) {
  if (streams_.size() >= streams_max) {
    return;
  }
  const auto number = ++stream_last_;
  auto stream = std::make_unique<ServedStream>(
      network_, timers_, host_, media_, std::move(order), [this, number] {
        // Not at once: a stream ends in the middle of its own work.
        timers_.after(0ns, [this, alive = std::weak_ptr(alive_), number] {
          if (!alive.expired()) {
            streams_.erase(number);
          }
        });
      });
  streams_.emplace(number, std::move(stream));
}

void SimHome::on(const home::EndStreams& order) {
  for (auto& [number, stream] : streams_) {
    const auto& source = stream->source();
    if (stream->client() == order.client && !order.still.contains(source.folder, source.path)) {
      stream->end();
    }
  }
}

}  // namespace hearth::sim
