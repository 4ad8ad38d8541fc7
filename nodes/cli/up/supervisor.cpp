#include "nodes/cli/up/supervisor.hpp"

#include "messages/base/check.hpp"
#include "nodes/support/exit_code.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <utility>

namespace hearth::cli::up {
namespace {

constexpr std::string_view complaint = "hearth: ";
constexpr std::string_view at_level_error = R"("level":"error")";  // Children log JSON to pipes.

Instant now() {
  return std::chrono::steady_clock::now();
}

sigset_t watched_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGCHLD);
  return set;
}

std::string how_it_ended(int status) {
  return WIFSIGNALED(status) ? fmt::format("was killed by signal {}", WTERMSIG(status))
                             : fmt::format("ended with code {}", WEXITSTATUS(status));
}

}  // namespace

void Supervisor::block_signals() {
  const auto set = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Supervisor::Supervisor(SupervisorOptions options)
    : options_(std::move(options)),
      enrolled_(options_.enrol.empty()),
      settled_(options_.settle.empty()) {
  const auto set = watched_signals();
  ::signal(SIGPIPE, SIG_IGN);
  signals_ = UniqueFd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  HEARTH_CHECK(signals_);
}

Supervisor::~Supervisor() = default;

Ending Supervisor::run() {
  for (const auto& plan : options_.plan.service) {
    add(plan);
  }
  while (!stopping_) {
    start_due(now());
    go_on_due(now());
    wait_for_events(now());
    advance();
  }
  stop_all();
  return ending_;
}

void Supervisor::add(const ProcessPlan& plan) {
  Slot slot;
  slot.plan = plan;
  slot.start_at = now();
  slots_.push_back(std::move(slot));
}

void Supervisor::add_task(Kind kind, const std::string& name,
                          const std::vector<std::string>& arguments) {
  add({name, name, "", "", arguments});
  slots_.back().kind = kind;
}

void Supervisor::start_due(Instant now) {
  for (auto& slot : slots_) {
    if (!slot.start_at || *slot.start_at > now) {
      continue;
    }
    auto child = Child::start(options_.program, slot.plan.arguments, slot.plan.netns);
    slot.down_until.reset();
    slot.back_off.started(now);
    if (child) {
      slot.child.emplace(std::move(child.value()));
      slot.start_at.reset();
    } else {
      write_stderr(fmt::format("up: {}\n", child.error().detail));
      slot.start_at = now + slot.back_off.died(now);
    }
  }
}

int Supervisor::wait_ms(Instant now) const {
  int wait = -1;
  for (const auto& slot : slots_) {
    for (const auto& due : {slot.start_at, slot.paused_until}) {
      if (due) {
        const auto left = std::chrono::ceil<Millis>(*due - now).count();
        const auto bounded = static_cast<int>(std::max<Millis::rep>(left, 0));
        wait = wait < 0 ? bounded : std::min(wait, bounded);
      }
    }
  }
  return wait;
}

void Supervisor::wait_for_events(Instant now) {
  std::vector<pollfd> fds{{signals_.get(), POLLIN, 0}};
  for (const auto& slot : slots_) {
    // Negative descriptors are passed over by poll.
    fds.push_back({slot.child ? slot.child->log_fd() : -1, POLLIN, 0});
    fds.push_back({slot.child ? slot.child->ready_fd() : -1, POLLIN, 0});
  }
  if (options_.orders) {
    options_.orders->add_to(fds);
  }
  if (::poll(fds.data(), fds.size(), wait_ms(now)) <= 0) {
    return;
  }
  for (auto& slot : slots_) {
    read_pipes(slot);
  }
  handle_signals();
  if (options_.orders) {
    options_.orders->serve([this](std::string_view order) { return obey(order, up::now()); });
  }
}

void Supervisor::read_pipes(Slot& slot) {
  if (!slot.child) {
    return;
  }
  for (const auto& line : slot.child->read_log()) {
    if (line.starts_with(complaint)) {
      slot.last_complaint = line;
    }
    error_lines_ += line.find(at_level_error) == std::string::npos ? 0 : 1;
    write_stderr(fmt::format("{}{}{} | {}\n", slot.plan.role, slot.plan.region.empty() ? "" : "/",
                             slot.plan.region, line));
  }
  for (const auto& line : slot.child->read_ready()) {
    if (auto ready = parse_ready(line)) {
      slot.ready = std::move(ready.value());
      slot.has_served = true;
      settled_ = options_.settle.empty();
      announced_ = false;
    }
  }
}

void Supervisor::handle_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGCHLD) {
      reap();
    } else {
      stopping_ = true;
    }
  }
}

void Supervisor::reap() {
  for (auto& slot : slots_) {
    siginfo_t info{};
    if (!slot.child ||
        ::waitid(P_PID, static_cast<id_t>(slot.child->pid()), &info, WEXITED | WNOHANG | WNOWAIT) !=
            0 ||
        info.si_pid == 0) {
      continue;
    }
    // Its group first, while the dead leader still holds the number.
    slot.child->signal(SIGKILL);
    int status = 0;
    ::waitpid(slot.child->pid(), &status, 0);
    read_pipes(slot);
    ended(slot, status, now());
  }
  siginfo_t info{};
  if (options_.vital > 0 && ::waitid(P_PID, static_cast<id_t>(options_.vital), &info,
                                     WEXITED | WNOHANG | WNOWAIT) == 0 &&
      info.si_pid != 0) {
    fail(static_cast<int>(ExitCode::failed),
         fmt::format("{}the emulated network has ended", complaint));
  }
}

void Supervisor::ended(Slot& slot, int status, Instant now) {
  slot.child.reset();
  slot.ready.reset();
  slot.paused_until.reset();
  if (stopping_) {
    return;
  }
  if (slot.down_until) {
    ended_by_order(slot);
    return;
  }
  if (slot.kind != Kind::service && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    (slot.kind == Kind::enrol ? enrolled_ : settled_) = true;
    slot.is_done = true;
    return;
  }
  // What it is asked to do cannot be done, and it said so; transient errors are worth a retry.
  const auto code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  const bool is_final =
      code == static_cast<int>(ExitCode::failed) || code == static_cast<int>(ExitCode::usage) ||
      code == static_cast<int>(ExitCode::not_found) || code == static_cast<int>(ExitCode::conflict);
  if (!slot.has_served && is_final && !slot.last_complaint.empty()) {
    fail(code, slot.last_complaint);
    return;
  }
  const auto wait = slot.back_off.died(now);
  slot.start_at = now + wait;
  write_stderr(fmt::format("up: {} {}, again in {} ms\n", slot.plan.name, how_it_ended(status),
                           wait.count()));
}

/// Takes the next step of the start, or tells that everything serves.
void Supervisor::advance() {
  std::erase_if(slots_, [](const Slot& slot) { return slot.is_done; });
  const bool all_serve = std::all_of(slots_.begin(), slots_.end(),
                                     [](const Slot& slot) { return slot.ready.has_value(); });
  // Tasks never serve: while there is one, it is waited for.
  if (stopping_ || !all_serve || announced_) {
    return;
  }
  if (!enrolled_) {
    add_task(Kind::enrol, "enrol", options_.enrol);
    return;
  }
  if (!std::exchange(household_added_, true) && !options_.plan.household.empty()) {
    for (const auto& plan : options_.plan.household) {
      add(plan);
    }
    return;
  }
  if (!settled_) {
    add_task(Kind::settle, "settle", options_.settle);
  } else {
    announce();
  }
}

void Supervisor::announce() {
  announced_ = true;
  std::vector<Running> running;
  for (const auto& slot : slots_) {
    running.push_back({&slot.plan, slot.child->pid(), *slot.ready});
  }
  if (auto told = options_.all_ready(running); !told) {
    fail(static_cast<int>(exit_code_of(told.error().code)),
         fmt::format("{}{}", complaint, told.error().detail));
  }
}

void Supervisor::fail(int exit_code, std::string line) {
  if (!stopping_) {
    stopping_ = true;
    ending_ = {exit_code, std::move(line)};
  }
}

void Supervisor::stop_all() {
  for (auto& slot : slots_) {
    slot.start_at.reset();
    if (slot.child) {
      slot.child->signal(SIGTERM);
      go_on(slot);  // Who stands still hears nothing.
    }
  }
  const auto until = now() + options_.stop_patience;
  const auto any_left = [this] {
    return std::any_of(slots_.begin(), slots_.end(),
                       [](const Slot& slot) { return slot.child.has_value(); });
  };
  while (any_left() && now() < until) {
    std::vector<pollfd> fds{{signals_.get(), POLLIN, 0}};
    for (const auto& slot : slots_) {
      fds.push_back({slot.child ? slot.child->log_fd() : -1, POLLIN, 0});
    }
    const auto left = std::chrono::ceil<Millis>(until - now()).count();
    ::poll(fds.data(), fds.size(), static_cast<int>(std::max<Millis::rep>(left, 0)));
    for (auto& slot : slots_) {
      read_pipes(slot);
    }
    handle_signals();
  }
  for (auto& slot : slots_) {
    if (slot.child) {
      write_stderr(fmt::format("up: {} did not stop in time and is killed\n", slot.plan.name));
      slot.child->signal(SIGKILL);
      ::waitpid(slot.child->pid(), nullptr, 0);
      slot.child.reset();
    }
  }
}

}  // namespace hearth::cli::up
