#include "actors/home/library_machine.hpp"

#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/envelope/codec.hpp"

#include <utility>

namespace hearth::home {

namespace {

template <class Message>
Result<Envelope> envelope_of(const Header& request, Result<Message> answer) {
  return answer ? Result<Envelope>(pack(answer_header(request), answer.value()))
                : Result<Envelope>(answer.error());
}

StreamHeader refusal(ErrorCode code) {
  StreamHeader header;
  header.error = static_cast<std::uint16_t>(code);
  return header;
}

}  // namespace

LibraryMachine::LibraryMachine(std::string home_name, std::vector<std::string> media_folders,
                               LibraryLimits limits)
    : home_name_(std::move(home_name)), limits_(limits), catalogue_(std::move(media_folders)) {}

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

Result<Envelope> LibraryMachine::answer(const Header& header, const Envelope& question,
                                        HomeEffects& effects) {
  switch (header.kind) {
    case MessageKind::browse_items: {
      const auto query = unpack<BrowseItems>(question);
      return query ? envelope_of(header, index_.browse(query.value(), catalogue_))
                   : Result<Envelope>(query.error());
    }
    case MessageKind::search_items: {
      const auto query = unpack<SearchItems>(question);
      return query ? envelope_of(header, index_.search(query.value(), catalogue_))
                   : Result<Envelope>(query.error());
    }
    case MessageKind::show_item: {
      const auto query = unpack<ShowItem>(question);
      if (!query) {
        return query.error();
      }
      const auto entry = catalogue_.look_up(query.value().item);
      return entry ? pack(answer_header(header), ItemsPage{{entry.value()->item}, {}})
                   : Result<Envelope>(entry.error());
    }
    case MessageKind::start_rescan: start_scan(effects); [[fallthrough]];
    case MessageKind::show_scan: return pack(answer_header(header), shown());
    default: return Error{ErrorCode::message_malformed, "not a question about the library"};
  }
}

LibraryMachine::Found LibraryMachine::find(const StreamRequest& request) const {
  const auto looked_up = catalogue_.look_up(request.item);
  if (!looked_up) {
    return {refusal(looked_up.error().code), {}};
  }
  const auto& entry = *looked_up.value();
  const auto& item = entry.item;
  if (item.kind == ItemKind::container) {
    return {refusal(ErrorCode::item_unknown), {}};
  }
  if (!request.version.is_zero() && request.version != item.version) {
    return {refusal(ErrorCode::item_changed), {}};
  }
  if (request.part == StreamPart::art) {
    return find_art(entry, request);
  }
  if (request.offset > item.size || request.end > item.size ||
      (request.end != 0 && request.end < request.offset)) {
    return {refusal(ErrorCode::range_invalid), {}};
  }
  return {
      StreamHeader{0, item.version, item.size, request.offset, item.mime},
      StreamSource{entry.folder, entry.path, item.size, entry.mtime_ns, entry.inode, false, false}};
}

LibraryMachine::Found LibraryMachine::find_art(const CatalogueEntry& entry,
                                               const StreamRequest& request) const {
  if (entry.item.art_extension.empty()) {
    // Who asks for it was given it once: only such URLs are made.
    return {refusal(ErrorCode::item_gone), {}};
  }
  // Size and type are read from the cover itself when it is opened.
  const StreamHeader header{0, entry.item.version, 0, request.offset, {}};
  if (!entry.art_path.empty()) {
    return {header, StreamSource{entry.folder, entry.art_path, 0, 0, 0, false, true}};
  }
  return {header, StreamSource{entry.folder, entry.path, entry.item.size, entry.mtime_ns,
                               entry.inode, true, false}};
}

}  // namespace hearth::home
