#include "sim/run/record.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr Millis revocation_bound{60'000};  ///< P3.
constexpr std::size_t violations_max = 100;

Millis ms(Instant::duration time) {
  return std::chrono::duration_cast<Millis>(time);
}

}  // namespace

void Record::attach(World& world) {
  world_ = &world;
  for (const auto& node : world.nodes()) {
    if (node->spec().role == drill::Role::home) {
      media_changed(*node);
    } else if (node->spec().role == drill::Role::directory ||
               node->spec().role == drill::Role::super_peer) {
      blind_hosts_.insert(node->host());
    }
  }
  world.network().tap = [this](HostId from, HostId to, BytesView bytes) {
    crossed(from, to, bytes);
  };
}

void Record::media_changed(SimNode& home) {
  for (const auto& [path, file] : home.media().files()) {
    const auto id = home::item_id_of(Media::folder, path);
    content_by_version_[home::item_version_of(id, file.size, file.mtime_ns, file.inode)] = {
        file.inode, file.size};
  }
}

std::string Record::name_of(const NodeId& id) const {
  const auto* node = world_->find(id);
  return node == nullptr ? "a device" : node->name();
}

void Record::note(const NodeId& node, std::string_view kind, std::uint64_t number) {
  ++counters_[std::string(kind)];
  world_->trace().note(now(), name_of(node), "person", kind, number);
}

void Record::violate(const std::string& promise, const std::string& node,
                     const std::string& message) {
  world_->trace().note(now(), node, "checker", promise, 0, [&] { return message; });
  if (violations_.size() < violations_max) {
    violations_.push_back({promise, ms(now() - zero_), node, message});
  }
}

// ---- pages ----

void Record::asked_page(const NodeId& client, const NodeId& home, bool came, Millis took) {
  note(client, came ? "page" : "no page", static_cast<std::uint64_t>(took.count()));
  if (is_stolen(client)) {
    client_has_page_.erase(client);
    return;
  }
  pages_.add(now(), came ? 1 : 0);
  if (came) {
    page_times_.add(now(), static_cast<double>(took.count()));
  }
  home_answers_[home] = came;
  client_has_page_[client] = came;
}

void Record::expect_page(const NodeId& client, const NodeId& home) {
  home_answers_[home] = false;
  client_has_page_[client] = false;
}

// ---- streams ----

void Record::playback_asked(const PlaybackStart& start) {
  playing_[start.playback] = {start, start.offset, {}, false, {}, now()};
  note(start.client, "play", start.offset);
}

void Record::playback_began(PlaybackId playback, Millis took) {
  auto& one = playing_.at(playback);
  one.began = true;
  begun_.insert(playback);
  note(one.start.client, "first byte", static_cast<std::uint64_t>(took.count()));
  if (is_stolen(one.start.client)) {
    return;
  }
  openings_.add(now(), 1);
  opening_times_.add(now(), static_cast<double>(took.count()));
}

void Record::bytes_played(PlaybackId playback, const ItemVersion& version, std::uint64_t offset,
                          BytesView bytes) {
  auto& one = playing_.at(playback);
  const auto content = content_by_version_.find(version);
  const auto client = name_of(one.start.client);
  if (content == content_by_version_.end()) {
    violate("P5", client, "was sent bytes of a version that no file ever had");
  } else if (one.version.value_or(version) != version) {
    violate("P5", client, "was sent bytes of two versions");
  } else if (offset != one.offset) {
    violate("P5", client, "was sent bytes of another offset than the next");
  } else if (first_difference(content->second.inode, offset, bytes)) {
    violate("P5", client, "was sent bytes that are not those of the file");
  }
  one.version = version;
  one.offset = offset + bytes.size();
  one.heard_at = now();
  counters_["bytes played"] += bytes.size();
  const auto revoked = accounts_.revoked_since(one.start.client);
  if (revoked && now() - *revoked > revocation_bound) {
    violate("P3", client, "is revoked and still gets bytes");
  }
}

void Record::playback_broke(PlaybackId playback, const Error& error) {
  auto& one = playing_.at(playback);
  note(one.start.client, "stream broke", static_cast<std::uint64_t>(error.code));
  if (one.began && !one.broken_since && !is_stolen(one.start.client)) {
    one.broken_since = now();
    ++breaks_;
  }
}

void Record::playback_resumed(PlaybackId playback, Millis gap) {
  auto& one = playing_.at(playback);
  note(one.start.client, "stream goes on", static_cast<std::uint64_t>(gap.count()));
  one.broken_since.reset();
  ++resumes_;
  gaps_.add(now(), static_cast<double>(gap.count()));
}

void Record::player_waited(PlaybackId playback, Millis wait) {
  waits_.add(now(), static_cast<double>(wait.count()));
  ++counters_["waits"];
  static_cast<void>(playback);
}

void Record::playback_ended(PlaybackId playback) {
  const auto& one = playing_.at(playback);
  note(one.start.client, "stream ends", one.offset);
  if (one.version && one.offset != content_by_version_[*one.version].size) {
    violate("P5", name_of(one.start.client), "was told that the file ends before it does");
  }
  playing_.erase(playback);
}

void Record::playback_failed(PlaybackId playback, const Error& error) {
  const auto& one = playing_.at(playback);
  note(one.start.client, "stream fails", static_cast<std::uint64_t>(error.code));
  if (!one.began && !is_stolen(one.start.client)) {
    openings_.add(now(), 0);
  }
  playing_.erase(playback);
}

// ---- account commands ----

void Record::command_sent(const NodeId& client, const AccountCommand& command) {
  note(client, "command", command.id);
  accounts_.sent(client, command, now());
}

void Record::command_answered(const NodeId& client, const AccountAnswer& answer) {
  note(client, answer.answer ? "done" : "refused", answer.id);
  if (const auto took = accounts_.answered(answer, now())) {
    commands_.add(now(), 1);
    command_times_.add(now(), static_cast<double>(ms(*took).count()));
  }
}

// ---- what the service sees ----

void Record::crossed(HostId from, HostId to, BytesView bytes) {
  if (blind_hosts_.count(from) == 0 && blind_hosts_.count(to) == 0) {
    return;
  }
  static const std::boyer_moore_horspool_searcher marker(plaintext_marker.begin(),
                                                         plaintext_marker.end());
  if (std::search(bytes.begin(), bytes.end(), marker) != bytes.end()) {
    violate("P4", "service", "saw a title or media bytes in the clear");
  }
}

// ---- probes ----

namespace {

std::optional<double> share_of_true(const std::map<NodeId, bool>& answers) {
  if (answers.empty()) {
    return std::nullopt;
  }
  const auto count =
      std::count_if(answers.begin(), answers.end(), [](const auto& each) { return each.second; });
  return static_cast<double>(count) / static_cast<double>(answers.size());
}

}  // namespace

std::optional<double> Record::probe(std::string_view name) {
  const auto at = now();
  if (name == "browse.success_ratio") {
    return pages_.mean(at);
  }
  if (name == "browse.p99") {
    return page_times_.quantile(at, 0.99);
  }
  if (name == "directory.success_ratio") {
    const auto overdue = accounts_.overdue(at);
    const auto done = commands_.mean(at);
    return overdue > 0 ? std::optional(0.0) : done;
  }
  if (name == "directory.commit_p99") {
    const auto oldest = accounts_.oldest_wait(at);
    const auto p99 = command_times_.quantile(at, 0.99);
    return p99 || oldest ? std::optional(std::max(p99.value_or(0), oldest.value_or(0)))
                         : std::nullopt;
  }
  if (name == "directory.acked_lost") {
    return static_cast<double>(accounts_.lost().size());
  }
  if (name == "home.reachable_ratio") {
    return share_of_true(home_answers_);
  }
  if (name == "session.connected_ratio") {
    return share_of_true(client_has_page_);
  }
  if (name == "stream.success_ratio") {
    const auto late = std::count_if(playing_.begin(), playing_.end(), [at](const auto& each) {
      return each.second.broken_since && at - *each.second.broken_since > 3s;
    });
    const auto opened = openings_.mean(at).value_or(1);
    return playing_.empty()
               ? std::nullopt
               : std::optional(std::min(
                     opened, 1 - static_cast<double>(late) / static_cast<double>(playing_.size())));
  }
  if (name == "stream.open_p99") {
    return opening_times_.quantile(at, 0.99);
  }
  if (name == "stream.gap_p95") {
    return gaps_.quantile(at, 0.95);
  }
  if (name == "error.lines") {
    return static_cast<double>(world_->failures().size());
  }
  return std::nullopt;
}

std::optional<double> Record::resumed_ratio() const {
  if (breaks_ == 0) {
    return std::nullopt;
  }
  return static_cast<double>(std::min(resumes_, breaks_)) / static_cast<double>(breaks_);
}

std::vector<std::string> Record::waiting() const {
  std::vector<std::string> who;
  for (const auto& [home, answers] : home_answers_) {
    if (!answers) {
      who.push_back(fmt::format("the household of {} for a page of it", name_of(home)));
    }
  }
  for (const auto& [playback, one] : playing_) {
    if (one.broken_since) {
      who.push_back(fmt::format("{} for a stream to go on", name_of(one.start.client)));
    }
  }
  for (const auto& command : accounts_.waiting()) {
    who.push_back(command);
  }
  return who;
}

}  // namespace hearth::sim
