#include "nodes/home/scan_run.hpp"

#include "messages/base/limits.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <unistd.h>
#include <utility>

namespace hearth::home {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t batch_files = 64;        ///< Given at once when no other batch is out.
constexpr std::size_t batch_files_max = 1024;  ///< Gathered while one is; then probing waits.
constexpr auto batch_delay = 200ms;            ///< After which a smaller one is given too.
constexpr std::size_t unchanged_at_once = 4096;

Instant clock_now() {
  return std::chrono::steady_clock::now();
}

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

FileSeen seen_of(const FoundFile& file, const FileIdentity& identity) {
  return {*file.folder->media_folder, file.path(),   false, identity.size,
          identity.mtime_ns,          identity.inode};
}

bool is_same(const KnownFile& known, const FileIdentity& identity) {
  return FileIdentity{known.size, known.mtime_ns, known.inode} == identity;
}

/// Path of the cover beside `file`; none for pictures, which are their own.
std::string cover_beside(const FoundFile& file) {
  const auto& folder = *file.folder;
  if (folder.cover.empty() || file.type->prober == Prober::picture) {
    return {};
  }
  return folder.path.empty() ? folder.cover : folder.path + '/' + folder.cover;
}

std::string extension_of_cover(std::string_view path) {
  const auto* type = media_type_of(path);
  return type == nullptr ? std::string{} : std::string{type->extension};
}

Item item_of(const FoundFile& file, const ProbeAnswer& answer) {
  Item item;
  item.kind = answer.kind;
  item.title =
      answer.title.empty() ? clean_text(stem_of(file.name), limits::title_bytes_max) : answer.title;
  item.artist = answer.artist;
  item.album = answer.album;
  item.track = answer.track;
  item.duration_ms = answer.duration_ms;
  item.width = answer.width;
  item.height = answer.height;
  item.taken_at_s = answer.taken_at_s;
  item.mime = mime_of(*file.type, answer.kind);
  item.extension = file.type->extension;
  item.art_extension = answer.art_extension;
  return item;
}

/// Whether it was the disk, and not the content, that the prober could not read.
bool disk_fails(const ProbeLane::Task& task) {
  char byte = 0;
  const auto last = static_cast<off_t>(task.seen.size) - 1;
  return ::pread(task.fd.get(), &byte, 1, 0) < 0 || ::pread(task.fd.get(), &byte, 1, last) < 0;
}

FileProbed folder_item(const FoundFolder& folder) {
  FileProbed probed;
  probed.file = {*folder.media_folder, folder.path, true, 0, 0, 0};
  const auto& place = folder.path.empty() ? *folder.media_folder : folder.path;
  probed.item.kind = ItemKind::container;
  probed.item.title = clean_text(last_name(place), limits::title_bytes_max);
  return probed;
}

}  // namespace

ScanRun::ScanRun(const ScannerOptions& options, StartScan order, std::vector<ProbeLane>& lanes,
                 const Scanner::Output& output, std::function<bool()> stopped)
    : options_(options),
      order_(std::move(order)),
      lanes_(lanes),
      output_(output),
      stopped_(std::move(stopped)),
      report_(order_.run, options.progress_bar) {
  batch_.run = order_.run;
  batch_.progress.state = ScanState::scanning;
}

void ScanRun::walk() {
  report_.begin();
  for (const auto& folder : options_.folders) {
    std::ranges::move(home::walk(folder, stopped_, findings_, problems_),
                      std::back_inserter(unreadable_));
  }
  batch_.progress.total = findings_.files.size();
}

bool ScanRun::advance() {
  collect();
  for (std::size_t i = 0; i < unchanged_at_once && may_probe(); ++i) {
    if (!again_.empty()) {
      auto task = std::move(again_.front());
      again_.pop_front();
      auto& lane = *std::ranges::find_if(lanes_, &ProbeLane::has_room);
      send(lane, std::move(task));
    } else {
      look_at(std::move(findings_.files[next_file_++]));
    }
  }
  report_.show(batch_.progress, clock_now());
  give_batch();
  if (!is_idle() || batch_out_ || batched() > 0) {
    return false;
  }
  finish();
  return true;
}

bool ScanRun::may_probe() const {
  return (next_file_ < findings_.files.size() || !again_.empty()) && !stopped_() &&
         batched() < batch_files_max && std::ranges::any_of(lanes_, &ProbeLane::has_room);
}

bool ScanRun::is_idle() const {
  return next_file_ == findings_.files.size() && again_.empty() &&
         std::ranges::all_of(lanes_, &ProbeLane::is_idle);
}

Instant ScanRun::wake_at() const {
  const auto now = clock_now();
  if (may_probe()) {
    return now;
  }
  auto at = now + 1s;
  if (!batch_out_ && batched() > 0) {
    at = std::min(at, batch_given_at_ + batch_delay);
  }
  for (const auto& lane : lanes_) {
    at = std::min(at, lane.deadline().value_or(at));
  }
  return at;
}

std::vector<int> ScanRun::sockets() const {
  std::vector<int> sockets;
  std::ranges::transform(lanes_, std::back_inserter(sockets), &ProbeLane::socket);
  return sockets;
}

// ---- one file ----

const KnownFile* ScanRun::known(const ItemId& id) const {
  const auto at =
      std::ranges::lower_bound(order_.known, id, {}, &std::pair<ItemId, KnownFile>::first);
  return at == order_.known.end() || at->first != id ? nullptr : &at->second;
}

void ScanRun::look_at(FoundFile file) {
  const auto id = item_id_of(*file.folder->media_folder, file.path());
  const auto* before = known(id);
  if (before != nullptr && is_same(*before, file.identity)) {
    look_at_unchanged(file, id, *before);
  } else {
    begin_probe(std::move(file), id);
  }
}

void ScanRun::look_at_unchanged(const FoundFile& file, const ItemId& id, const KnownFile& known) {
  ++batch_.progress.done;
  seen_.push_back(id);
  if (known.rejected) {
    problems_.add(*file.folder->media_folder, file.path(), "broken");
    return;
  }
  show_folders(file.folder);
  if (auto cover = cover_beside(file); !known.embedded_art && cover != known.art_path) {
    auto extension = extension_of_cover(cover);
    batch_.covers.push_back({id, std::move(cover), std::move(extension)});
  }
}

void ScanRun::begin_probe(FoundFile file, const ItemId& id) {
  auto opened = open_media_file(*file.folder->media_folder, file.path());
  if (const auto* failure = std::get_if<OpenFailure>(&opened)) {
    ++batch_.progress.done;
    if (*failure != OpenFailure::vanished) {
      problems_.add(*file.folder->media_folder, file.path(),
                    *failure == OpenFailure::symlink   ? "symlink"
                    : *failure == OpenFailure::special ? "special"
                                                       : "unreadable");
    }
    return;
  }
  auto& media = std::get<MediaFile>(opened);
  auto seen = seen_of(file, media.identity);
  ProbeLane::Task task{std::move(file), std::move(seen), id, std::move(media.fd)};
  auto& lane = *std::ranges::find_if(lanes_, &ProbeLane::has_room);
  send(lane, std::move(task));
}

void ScanRun::send(ProbeLane& lane, ProbeLane::Task task) {
  if (!lane.send(task, clock_now())) {  // Our own trouble.
    ++batch_.progress.done;
    keep(task);
  }
}

/// An item that there is stays, and so do the folders above it.
void ScanRun::keep(const ProbeLane::Task& task) {
  const auto* before = known(task.id);
  if (before != nullptr && !before->rejected) {
    show_folders(task.file.folder);
  }
  seen_.push_back(task.id);
  problems_.add(task.seen.folder, task.seen.path, "unreadable");
}

void ScanRun::collect() {
  for (auto& lane : lanes_) {
    auto outcome = lane.collect(clock_now());
    for (auto& [task, answer] : outcome.answered) {
      finish_probe(std::move(task), std::move(answer));
    }
    if (outcome.culprit) {
      fail_probe(*outcome.culprit);
    }
    std::ranges::move(outcome.again, std::back_inserter(again_));
  }
}

void ScanRun::finish_probe(ProbeLane::Task task, ProbeAnswer answer) {
  ++batch_.progress.done;
  if (!answer.readable && disk_fails(task)) {
    keep(task);
    return;
  }
  seen_.push_back(task.id);
  if (!answer.readable) {
    problems_.add(task.seen.folder, task.seen.path, "broken");
    batch_.broken.push_back({std::move(task.seen)});
    return;
  }
  show_folders(task.file.folder);
  auto item = item_of(task.file, answer);
  std::string cover;
  if (item.art_extension.empty()) {
    cover = cover_beside(task.file);
    item.art_extension = extension_of_cover(cover);
  }
  batch_.probed.push_back({std::move(task.seen), std::move(item), std::move(cover)});
}

/// The prober crashed or hung: that may be the machine's bad day, so it is tried again next time.
void ScanRun::fail_probe(const ProbeLane::Task& task) {
  ++batch_.progress.done;
  problems_.add(task.seen.folder, task.seen.path, "broken");
}

void ScanRun::show_folders(const FoundFolder* folder) {
  if (folder == nullptr || !shown_.insert(folder).second) {
    return;
  }
  show_folders(folder->parent);
  const auto id = item_id_of(*folder->media_folder, folder->path);
  seen_.push_back(id);
  const auto* before = known(id);
  const bool new_here = before == nullptr || before->rejected || before->size != 0;
  const bool is_item = !folder->path.empty() || options_.folders.size() > 1;
  if (new_here && is_item) {
    batch_.probed.push_back(folder_item(*folder));
  }
}

// ---- batches ----

std::size_t ScanRun::batched() const {
  return batch_.probed.size() + batch_.broken.size() + batch_.covers.size();
}

void ScanRun::give_batch() {
  const auto now = clock_now();
  const bool due = batched() >= batch_files || now >= batch_given_at_ + batch_delay || is_idle();
  if (batch_out_ || batched() == 0 || !due || stopped_()) {
    return;
  }
  auto next = ScanBatch{};
  next.run = batch_.run;
  next.progress = batch_.progress;
  batch_out_ = true;
  batch_given_at_ = now;
  output_(std::exchange(batch_, std::move(next)));
}

void ScanRun::resume(const ContinueScan& order) {
  if (order.run == order_.run) {
    batch_out_ = false;
  }
}

void ScanRun::finish() {
  if (stopped_()) {
    return;
  }
  std::ranges::sort(seen_);
  auto progress = batch_.progress;
  progress.state = ScanState::idle;
  ScanFinished finished{order_.run,       progress,
                        std::move(seen_), std::move(unreadable_),
                        problems_.take(), problems_.left_out()};
  report_.end(batch_.progress, finished.problems, finished.problems_left_out);
  output_(std::move(finished));
}

}  // namespace hearth::home
