#include "nodes/home/probe_lane.hpp"

#include <iterator>
#include <utility>

namespace hearth::home {

std::optional<Instant> ProbeLane::deadline() const {
  return out_.empty() ? std::nullopt : std::optional(oldest_since_ + timeout_);
}

bool ProbeLane::send(Task& task, Instant now) {
  if (!worker_->send(ProbeTask::describe, task.fd.get(), task.file.type->extension)) {
    return false;
  }
  if (out_.empty()) {
    oldest_since_ = now;
  }
  out_.push_back(std::move(task));
  return true;
}

ProbeLane::Outcome ProbeLane::collect(Instant now) {
  Outcome outcome;
  while (!out_.empty()) {
    auto received = worker_->receive();
    if (!received) {
      blame_oldest(outcome, received.error().code != ErrorCode::stopping);
      return outcome;
    }
    if (!received.value()) {
      break;
    }
    auto answer = decode_probe_answer(*received.value());
    if (!answer) {
      worker_->kill();
      blame_oldest(outcome, true);
      return outcome;
    }
    outcome.answered.emplace_back(std::move(out_.front()), std::move(answer.value()));
    out_.pop_front();
    oldest_since_ = now;
  }
  if (!out_.empty() && now >= oldest_since_ + timeout_) {
    worker_->kill();
    blame_oldest(outcome, true);
  }
  return outcome;
}

void ProbeLane::blame_oldest(Outcome& outcome, bool blame) {
  if (blame) {
    outcome.culprit = std::move(out_.front());
    out_.pop_front();
  }
  std::ranges::move(out_, std::back_inserter(outcome.again));
  out_.clear();
}

void ProbeLane::end() {
  worker_->kill();
  out_.clear();
}

}  // namespace hearth::home
