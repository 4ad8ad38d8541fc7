#include "nodes/drill/live_record.hpp"

#include <algorithm>

namespace hearth::drill {
namespace {

Millis ms(Instant::duration time) {
  return std::chrono::duration_cast<Millis>(time);
}

double number(Millis time) {
  return static_cast<double>(time.count());
}

}  // namespace

void LiveRecord::begin() {
  const std::lock_guard lock(mutex_);
  for (auto* values : {&pages_, &page_times_, &openings_, &opening_times_, &gaps_}) {
    values->clear();
  }
  breaks_ = 0;
  resumes_ = 0;
  error_lines_before_ = error_lines_;
}

void LiveRecord::asked_page(std::size_t person, Instant at, std::optional<Millis> took) {
  const std::lock_guard lock(mutex_);
  pages_.add(at, took ? 1 : 0);
  if (took) {
    page_times_.add(at, number(*took));
  }
  home_answers_ = took.has_value();
  person_has_page_[person] = took.has_value();
  ++counters_[took ? "pages" : "pages that did not come"];
}

void LiveRecord::asked_stream(std::size_t player, Instant at) {
  const std::lock_guard lock(mutex_);
  players_[player] = {at, at, false, false};
}

void LiveRecord::wants_bytes(std::size_t player, Instant at) {
  const std::lock_guard lock(mutex_);
  auto& one = players_[player];
  one.waits_since = one.waits_since.value_or(at);
}

void LiveRecord::got_bytes(std::size_t player, Instant at, std::size_t count) {
  const std::lock_guard lock(mutex_);
  auto& one = players_[player];
  counters_["bytes played"] += count;
  if (!one.began) {
    one.began = true;
    openings_.add(at, 1);
    opening_times_.add(at, number(ms(at - one.asked_at.value_or(at))));
    ++counters_["streams"];
  } else if (one.waits_since && at - *one.waits_since >= hiccup) {
    break_late(one, at);
    gaps_.add(at, number(ms(at - *one.waits_since)));
  }
  if (std::exchange(one.broken, false)) {
    ++resumes_;
  }
  one.waits_since.reset();
}

void LiveRecord::stream_broke(std::size_t player, Instant at) {
  const std::lock_guard lock(mutex_);
  auto& one = players_[player];
  if (one.began) {
    break_now(one);
  } else {
    openings_.add(at, 0);
    ++counters_["streams that did not begin"];
  }
}

void LiveRecord::stream_ended(std::size_t player) {
  const std::lock_guard lock(mutex_);
  players_.erase(player);
}

void LiveRecord::saw_error_lines(std::uint64_t lines) {
  const std::lock_guard lock(mutex_);
  error_lines_ = lines;
}

Millis LiveRecord::waits(std::size_t player, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = players_.find(player);
  return found == players_.end() || !found->second.waits_since
             ? Millis{0}
             : ms(now - *found->second.waits_since);
}

void LiveRecord::break_late(Player& player, Instant at) {
  if (player.waits_since && at - *player.waits_since > late) {
    break_now(player);
  }
}

void LiveRecord::break_now(Player& player) {
  if (!std::exchange(player.broken, true)) {
    ++breaks_;
    ++counters_["streams that broke"];
  }
}

std::optional<double> LiveRecord::stream_success(Instant now) {
  std::size_t begun = 0;
  std::size_t served = 0;
  for (auto& [number, player] : players_) {
    if (player.began) {
      break_late(player, now);
      ++begun;
      served += player.waits_since && now - *player.waits_since > late ? 0 : 1;
    }
  }
  const auto opened = openings_.mean(now);
  if (begun == 0) {
    return opened;
  }
  return std::min(opened.value_or(1), static_cast<double>(served) / static_cast<double>(begun));
}

std::optional<double> LiveRecord::share_of_pages() const {
  if (person_has_page_.empty()) {
    return std::nullopt;
  }
  const auto have = std::count_if(person_has_page_.begin(), person_has_page_.end(),
                                  [](const auto& each) { return each.second; });
  return static_cast<double>(have) / static_cast<double>(person_has_page_.size());
}

std::optional<double> LiveRecord::probe(std::string_view name, Instant now) {
  const std::lock_guard lock(mutex_);
  if (name == "browse.success_ratio") {
    return pages_.mean(now);
  }
  if (name == "browse.p99") {
    return page_times_.quantile(now, 0.99);
  }
  if (name == "home.reachable_ratio") {
    return home_answers_ ? std::optional(*home_answers_ ? 1.0 : 0.0) : std::nullopt;
  }
  if (name == "session.connected_ratio") {
    return share_of_pages();
  }
  if (name == "stream.success_ratio") {
    return stream_success(now);
  }
  if (name == "stream.open_p99") {
    return opening_times_.quantile(now, 0.99);
  }
  if (name == "stream.gap_p95") {
    return gaps_.quantile(now, 0.95);
  }
  if (name == "error.lines") {
    return static_cast<double>(error_lines_ - error_lines_before_.value_or(error_lines_));
  }
  return std::nullopt;
}

std::optional<double> LiveRecord::resumed_ratio() const {
  const std::lock_guard lock(mutex_);
  return breaks_ == 0 ? std::nullopt
                      : std::optional(static_cast<double>(std::min(resumes_, breaks_)) /
                                      static_cast<double>(breaks_));
}

std::map<std::string, std::uint64_t> LiveRecord::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace hearth::drill
