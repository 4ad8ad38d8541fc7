#include "sim/run/record.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

Millis ms(Instant::duration time) {
  return std::chrono::duration_cast<Millis>(time);
}

}  // namespace

void Record::attach(World& world) {
  world_ = &world;
  scene_ = std::make_unique<Scene>(world);
  checkers_ = make_checkers(*scene_);
  presence_ = std::make_unique<PresenceWatch>(world);
  for (const auto& node : world.nodes()) {
    if (node->spec().role == drill::Role::home) {
      media_changed(*node);
    }
  }
  world.network().tap = [this](HostId from, HostId to, BytesView bytes) {
    tell(&Checker::crossed, from, to, bytes);
  };
  every_second();
}

void Record::every_second() {
  tell(&Checker::second_passed);
  world_->engine().befall(1s, [this] { every_second(); });
}

/// Checkers are told before the scene changes.
template <class... Parameters, class... Arguments>
void Record::tell(void (Checker::*heard)(Parameters...), Arguments&&... arguments) {
  for (const auto& checker : checkers_) {
    (checker.get()->*heard)(arguments...);
  }
}

void Record::media_changed(SimNode& home) {
  tell(&Checker::media_changed, home);
}

void Record::begin(Instant zero, const drill::FaultPlan& method, drill::Tolerance tolerance) {
  scene_->zero = zero;
  scene_->method = method;
  scene_->tolerance = tolerance;
  // How long a world took to come up is no part of its steady state.
  for (auto* values :
       {&pages_, &page_times_, &commands_, &command_times_, &openings_, &opening_times_, &waits_}) {
    values->clear();
  }
  presence_->begin();
}

void Record::look_at_presence() {
  presence_->look();
  if (const auto age = presence_->age_p99()) {
    presence_ages_.add(now(), *age);
  }
}

void Record::finish() {
  tell(&Checker::finished);
}

void Record::note(const NodeId& node, std::string_view kind, std::uint64_t number) {
  ++counters_[std::string(kind)];
  world_->trace().note(now(), scene_->name_of(node), "person", kind, number);
}

// ---- pages ----

void Record::asked_page(const NodeId& client, const NodeId& home, ErrorCode outcome, Millis took) {
  tell(&Checker::asked_page, client, home, outcome, took);
  const bool came = outcome == ErrorCode::none;
  if (!scene_->are_of_one_household(client, home) || scene_->is_revoked(client)) {
    note(client, came ? "page of others" : "turned away", static_cast<std::uint64_t>(outcome));
    return;
  }
  note(client, came ? "page" : "no page", static_cast<std::uint64_t>(took.count()));
  pages_.add(now(), came ? 1 : 0);
  if (came) {
    page_times_.add(now(), static_cast<double>(took.count()));
  }
  home_answers_[home] = came;
  client_has_page_[client] = came;
  pages_by_pair_[{client, home}] = outcome;
}

void Record::page_shown(const NodeId& client, const NodeId& home, const home::ItemsPage& page) {
  tell(&Checker::page_shown, client, home, page);
  if (!scene_->are_of_one_household(client, home)) {
    note(client, "shared page", page.items.size());
  }
}

// ---- streams ----

void Record::playback_asked(const PlaybackStart& start) {
  tell(&Checker::playback_asked, start);
  scene_->playing[start.playback] = {start, start.offset, false, {}, now()};
  note(start.client, "play", start.offset);
}

void Record::playback_began(PlaybackId playback, Millis took) {
  tell(&Checker::playback_began, playback, took);
  auto& one = scene_->playing.at(playback);
  one.began = true;
  note(one.start.client, "first byte", static_cast<std::uint64_t>(took.count()));
  if (!scene_->are_of_one_household(one.start.client, one.start.home)) {
    ++counters_["first byte of others"];
    return;
  }
  openings_.add(now(), 1);
  opening_times_.add(now(), static_cast<double>(took.count()));
}

void Record::bytes_played(PlaybackId playback, const ItemVersion& version, std::uint64_t offset,
                          BytesView bytes) {
  tell(&Checker::bytes_played, playback, version, offset, bytes);
  scene_->playing.at(playback).offset = offset + bytes.size();
  counters_["bytes played"] += bytes.size();
}

void Record::playback_broke(PlaybackId playback, const Error& error) {
  tell(&Checker::playback_broke, playback, error);
  auto& one = scene_->playing.at(playback);
  note(one.start.client, "stream broke", static_cast<std::uint64_t>(error.code));
  const bool is_own = scene_->are_of_one_household(one.start.client, one.start.home);
  if (is_own && one.began && !one.broken_since) {  // else it may have ended with a share
    one.broken_since = now();
    ++breaks_;
  }
}

void Record::playback_resumed(PlaybackId playback, Millis gap) {
  tell(&Checker::playback_resumed, playback, gap);
  auto& one = scene_->playing.at(playback);
  note(one.start.client, "stream goes on", static_cast<std::uint64_t>(gap.count()));
  if (std::exchange(one.broken_since, std::nullopt)) {
    ++resumes_;
    gaps_.add(now(), static_cast<double>(gap.count()));
  }
}

void Record::player_went_on(PlaybackId playback, bool waited) {
  tell(&Checker::player_went_on, playback, waited);
  waits_.add(now(), waited ? 1 : 0);
  if (waited) {
    ++counters_["waits"];
  }
}

void Record::playback_ended(PlaybackId playback) {
  tell(&Checker::playback_ended, playback);
  const auto& one = scene_->playing.at(playback);
  note(one.start.client, "stream ends", one.offset);
  scene_->playing.erase(playback);
}

void Record::playback_failed(PlaybackId playback, const Error& error) {
  tell(&Checker::playback_failed, playback, error);
  const auto& one = scene_->playing.at(playback);
  note(one.start.client, "stream fails", static_cast<std::uint64_t>(error.code));
  if (!one.began && !scene_->is_revoked(one.start.client) &&
      scene_->are_of_one_household(one.start.client, one.start.home)) {
    openings_.add(now(), 0);
  }
  scene_->playing.erase(playback);
}

// ---- account commands ----

void Record::command_sent(const NodeId& client, const client::AccountCommand& command) {
  tell(&Checker::command_sent, client, command);
  note(client, "command", command.id);
  scene_->accounts.sent(client, command, now());
  scene_->shares.sent(client, command, now());
}

void Record::command_answered(const NodeId& client, const client::AccountAnswer& answer) {
  tell(&Checker::command_answered, client, answer);
  note(client, answer.answer ? "done" : "refused", answer.id);
  scene_->shares.answered(answer, now());
  if (const auto took = scene_->accounts.answered(answer, now())) {
    commands_.add(now(), 1);
    command_times_.add(now(), static_cast<double>(ms(*took).count()));
  }
}

// ---- nodes ----

void Record::node_died(const NodeId& node) {
  tell(&Checker::node_died, node);
  std::erase_if(scene_->playing,
                [&node](const auto& each) { return each.second.start.client == node; });
  scene_->accounts.forget_waiting(node);
}

void Record::node_failed(const std::string& node, const Error& why) {
  tell(&Checker::node_failed, node, why);
  ++failures_;
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

double Record::stream_success(Instant at) {
  const auto& playing = scene_->playing;
  const auto late = std::count_if(playing.begin(), playing.end(), [at](const auto& each) {
    return each.second.broken_since && at - *each.second.broken_since > 3s;
  });
  const auto going = 1 - static_cast<double>(late) / static_cast<double>(playing.size());
  return std::min(openings_.mean(at).value_or(1), going);
}

std::optional<double> Record::probe(std::string_view name) {
  const auto at = now();
  if (name == "browse.success_ratio") {
    return pages_.mean(at);
  }
  if (name == "browse.p99") {
    return page_times_.quantile(at, 0.99);
  }
  if (name == "directory.success_ratio") {
    const auto done = static_cast<double>(commands_.size(at));
    const auto asked = done + static_cast<double>(scene_->accounts.overdue(at));
    return asked > 0 ? std::optional(done / asked) : std::nullopt;
  }
  if (name == "directory.commit_p99") {
    const auto oldest = scene_->accounts.oldest_wait(at);
    const auto p99 = command_times_.quantile(at, 0.99);
    return p99 || oldest ? std::optional(std::max(p99.value_or(0), oldest.value_or(0)))
                         : std::nullopt;
  }
  if (name == "directory.acked_lost") {
    return static_cast<double>(scene_->accounts.lost().size());
  }
  if (name == "home.reachable_ratio") {
    return share_of_true(home_answers_);
  }
  if (name == "presence.age_p99") {
    return presence_ages_.quantile(at, 1);
  }
  if (name == "session.connected_ratio") {
    return share_of_true(client_has_page_);
  }
  if (name == "stream.success_ratio") {
    return scene_->playing.empty() ? std::nullopt : std::optional(stream_success(at));
  }
  if (name == "stream.open_p99") {
    return opening_times_.quantile(at, 0.99);
  }
  if (name == "stream.gap_p95") {
    return gaps_.quantile(at, 0.95);
  }
  if (name == "stream.rebuffer_ratio") {
    return waits_.mean(at);
  }
  if (name == "error.lines") {
    return static_cast<double>(failures_);
  }
  return std::nullopt;
}

bool Record::all_have_pages() const {
  const auto has = [this](const NodeId& client, const NodeId& home) {
    const auto found = pages_by_pair_.find({client, home});
    return found != pages_by_pair_.end() && found->second == ErrorCode::none;
  };
  for (const auto& household : world_->households()) {
    for (const auto* client : household.clients) {
      for (const auto* home : household.homes) {
        if (!scene_->is_revoked(client->id()) && !has(client->id(), home->id())) {
          return false;
        }
      }
    }
  }
  return true;
}

std::optional<double> Record::resumed_ratio() const {
  if (breaks_ == 0) {
    return std::nullopt;
  }
  return static_cast<double>(std::min(resumes_, breaks_)) / static_cast<double>(breaks_);
}

std::vector<std::string> Record::waiting() const {
  std::vector<std::string> who;
  for (const auto& node : world_->nodes()) {
    if (!node->up()) {
      who.push_back(fmt::format("{} to be started: it is down", node->name()));
    }
  }
  for (const auto& [pair, page] : pages_by_pair_) {
    if (page != ErrorCode::none && !scene_->is_revoked(pair.first)) {
      who.push_back(fmt::format("{} for a page of {}: {}", scene_->name_of(pair.first),
                                scene_->name_of(pair.second), hearth::name_of(page)));
    }
  }
  for (const auto& [playback, one] : scene_->playing) {
    if (one.broken_since && !scene_->is_revoked(one.start.client)) {
      who.push_back(fmt::format("{} for a stream of {} to go on from byte {}",
                                scene_->name_of(one.start.client), scene_->name_of(one.start.home),
                                one.offset));
    }
  }
  for (const auto& command : scene_->accounts.waiting()) {
    who.push_back(command);
  }
  return who;
}

}  // namespace hearth::sim
