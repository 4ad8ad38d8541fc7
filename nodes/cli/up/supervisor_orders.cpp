// The part of the supervisor that obeys a drill.

#include "nodes/cli/up/order.hpp"
#include "nodes/cli/up/status_text.hpp"
#include "nodes/cli/up/supervisor.hpp"
#include "nodes/support/exit_code.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace hearth::cli::up {
namespace {

namespace fs = std::filesystem;

/// What makes a folder that of a node whose keys the cluster knows; all else is lost with a disk.
constexpr std::array<std::string_view, 3> kept = {"identity", "role", "lock"};

void empty_folder(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
    if (std::find(kept.begin(), kept.end(), entry->path().filename().string()) == kept.end()) {
      fs::remove_all(entry->path(), ignored);
    }
  }
}

}  // namespace

std::string Supervisor::obey(std::string_view text, Instant now) {
  const auto order = parse_order(text);
  if (!order) {
    return order_answer(order.error());
  }
  if (order.value().kind == OrderKind::status) {
    return status();
  }
  if (order.value().kind == OrderKind::heal) {
    for (auto& slot : slots_) {
      end_order(slot, now);
    }
    return order_answer({});
  }
  for (auto& slot : slots_) {
    if (slot.kind == Kind::service && slot.plan.name == order.value().process) {
      return order_answer(obey(order.value(), slot, now));
    }
  }
  return order_answer(
      Error{ErrorCode::not_found, fmt::format("no process is called {}", order.value().process)});
}

Result<void> Supervisor::obey(const Order& order, Slot& slot, Instant now) {
  switch (order.kind) {
    case OrderKind::wipe: slot.loses_disk = true; [[fallthrough]];
    case OrderKind::kill: keep_down(slot, now + order.lasts, now); return {};
    case OrderKind::restart: keep_down(slot, now, now); return {};
    case OrderKind::end: end_order(slot, now); return {};
    case OrderKind::pause: break;
    case OrderKind::status:
    case OrderKind::heal: return {};
  }
  if (!slot.child || slot.down_until) {
    return Error{ErrorCode::unreachable, fmt::format("{} is down", slot.plan.name)};
  }
  slot.child->signal(SIGSTOP);
  slot.paused_until = now + order.lasts;
  return {};
}

void Supervisor::keep_down(Slot& slot, Instant until, Instant now) {
  slot.down_until = until;
  if (slot.child) {
    slot.child->signal(SIGKILL);  // `ended` does the rest.
  } else {
    ended(slot, 0, now);
  }
}

/// A death that was ordered is no failure, and asks for no back-off.
void Supervisor::ended_by_order(Slot& slot) {
  if (std::exchange(slot.loses_disk, false)) {
    empty_folder(slot.plan.data);
  }
  slot.start_at = slot.down_until;
  write_stderr(fmt::format("up: {} is down by order of a drill\n", slot.plan.name));
}

void Supervisor::end_order(Slot& slot, Instant now) {
  if (slot.down_until) {
    slot.down_until = now;
    if (!slot.child) {
      slot.start_at = now;
    }
  }
  go_on(slot);
}

void Supervisor::go_on(Slot& slot) {
  if (std::exchange(slot.paused_until, std::nullopt) && slot.child) {
    slot.child->signal(SIGCONT);
  }
}

void Supervisor::go_on_due(Instant now) {
  for (auto& slot : slots_) {
    if (slot.paused_until && *slot.paused_until <= now) {
      go_on(slot);
    }
  }
}

std::string Supervisor::status() const {
  std::vector<ProcessStatus> processes;
  for (const auto& slot : slots_) {
    if (slot.kind == Kind::service) {
      const auto state = slot.down_until     ? ProcessState::down
                         : slot.paused_until ? ProcessState::paused
                         : slot.ready        ? ProcessState::serving
                                             : ProcessState::starting;
      processes.push_back({&slot.plan, state});
    }
  }
  return status_text(options_.plan, processes, error_lines_);
}

}  // namespace hearth::cli::up
