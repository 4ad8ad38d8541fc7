#include "actors/home/library_machine.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/envelope/codec.hpp"

#include <utility>

namespace hearth::home {

LibraryMachine::LibraryMachine(std::string home_name, std::vector<std::string> media_folders,
                               const seal::SecretKey& folder_key, LibraryLimits limits)
    : home_name_(std::move(home_name)),
      limits_(limits),
      catalogue_(std::move(media_folders)),
      folders_(folder_key) {}

Result<void> LibraryMachine::recover(const storage::LogReader& log) {
  auto snapshot = log.snapshot(stream);
  if (!snapshot) {
    return snapshot.error();
  }
  if (snapshot.value()) {
    auto state = decode<CatalogueSnapshot>(snapshot.value()->state);
    if (!state) {
      return state.error();
    }
    catalogue_.restore(state.value());
    sequence_ = snapshot_at_ = snapshot_tried_at_ = snapshot.value()->sequence;
  }
  const auto visit = [this](storage::Sequence number, BytesView record) -> Result<void> {
    auto event = decode<CatalogueEvent>(record);
    if (!event) {
      return event.error();
    }
    catalogue_.apply(event.value());
    sequence_ = number;
    return {};
  };
  const auto from = sequence_ + (HEARTH_MUTANT("skip-a-record") ? 1 : 0);
  if (auto replayed = log.replay(stream, from, visit); !replayed) {
    return replayed;
  }
  index_.restore(catalogue_);
  folders_.restore(catalogue_);
  return {};
}

void LibraryMachine::start_scan(HomeEffects& effects) {
  if (scan_.progress.state == ScanState::scanning) {
    again_ = true;
    return;
  }
  counts_ = {};
  begin_run(effects);
}

void LibraryMachine::begin_run(HomeEffects& effects) {
  scan_.progress = {ScanState::scanning, 0, 0};
  ++scan_.run;
  effects.commands.emplace_back(StartScan{scan_.run, catalogue_.known()});
}

ScanShown LibraryMachine::shown() const {
  auto shown = scan_;
  shown.run += again_ ? 1 : 0;
  return shown;
}

void LibraryMachine::append(const std::vector<CatalogueEvent>& events, HomeEffects& effects) {
  if (events.empty()) {
    return;
  }
  storage::Append append{stream, 0, {}, {}, {}, 0};
  for (const auto& event : events) {
    catalogue_.apply(event);
    index_.apply(event);
    folders_.apply(event);
    append.records.push_back(encode(event));
  }
  sequence_ += events.size();
  effects.appends.push_back(std::move(append));
}

void LibraryMachine::take(const ScanBatch& batch, WallTime now, HomeEffects& effects) {
  if (batch.run != scan_.run) {
    return;
  }
  const auto outcome = catalogue_.decide(batch, now);
  append(outcome.events, effects);
  counts_.added += outcome.added;
  counts_.changed += outcome.changed;
  counts_.removed += outcome.removed;
  scan_.progress = batch.progress;
  effects.commands.emplace_back(ContinueScan{batch.run});
}

void LibraryMachine::take(const ScanFinished& finished, HomeEffects& effects) {
  if (finished.run != scan_.run) {
    return;
  }
  const auto outcome = catalogue_.decide(finished);
  append(outcome.events, effects);
  scan_.progress = finished.progress;
  scan_.finished = finished.run;
  scan_.added = counts_.added += outcome.added;
  scan_.changed = counts_.changed += outcome.changed;
  scan_.removed = counts_.removed += outcome.removed;
  take_problems(finished);
  if (sequence_ - snapshot_tried_at_ >= limits_.snapshot_after) {
    write_snapshot(effects);
  }
  if (std::exchange(again_, false)) {
    begin_run(effects);
  }
}

/// As many as an answer has room for; the others are counted.
void LibraryMachine::take_problems(const ScanFinished& finished) {
  scan_.problems.clear();
  std::size_t bytes = 0;
  for (const auto& problem : finished.problems) {
    bytes += encoded_bytes_max(problem);
    if (bytes > limits::list_bytes_max || scan_.problems.size() == scan_problems_max) {
      break;
    }
    scan_.problems.push_back(problem);
  }
  scan_.problems_left_out =
      finished.problems_left_out + finished.problems.size() - scan_.problems.size();
}

void LibraryMachine::write_snapshot(HomeEffects& effects) {
  snapshot_tried_at_ = sequence_;
  auto state = encode(catalogue_.snapshot());
  if (state.size() > limits_.snapshot_bytes_max) {
    return;  // it could not be read back: the log goes on from the one before
  }
  // The log keeps what lies above the snapshot before: two snapshots must fail to lose anything.
  effects.appends.push_back({stream, 0, {}, {}, std::move(state), snapshot_at_ + 1});
  snapshot_at_ = sequence_;
}

HomeDescribed LibraryMachine::describe() const {
  return {home_name_, scan_.progress, 0, {}};
}

}  // namespace hearth::home
