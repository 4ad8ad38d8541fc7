#include "actors/runtime/log_writer.hpp"

#include "messages/base/mutant.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <utility>

namespace {

/// From the thread of the commit engine to the actor.
struct Committed {
  hearth::Result<void> outcome;
};

}  // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(Committed)

namespace hearth {

namespace {

using LogWriter = caf::stateful_actor<LogWriterState>;

void stop(LogWriter* self, const Error& error) {
  if (self->state.ports.failed) {
    self->state.ports.failed(error);
  }
  self->quit(caf::exit_reason::unhandled_exception);
}

void acknowledge(LogWriter* self, const LogWriterMachine::Settled& settled) {
  auto& writers = self->state.writers;
  self->send(caf::actor_cast<caf::actor>(writers.front()), Durable{settled.stream, settled.last});
  writers.pop_front();
}

void commit(LogWriter* self, storage::Batch batch) {
  self->state.ports.log->commit(std::move(batch),
                                [me = caf::actor_cast<caf::actor>(self)](Result<void> outcome) {
                                  caf::anon_send(me, Committed{std::move(outcome)});
                                });
}

void move_door(LogWriter* self) {
  const auto& machine = *self->state.machine;
  const auto bytes = machine.uncommitted_bytes();
  self->state.ports.door->set(bytes, bytes > 0 ? machine.oldest() : Instant());
}

void run(LogWriter* self, LogWriterMachine::Step step) {
  if (HEARTH_MUTANT("acknowledge-before-sync")) {
    step.durable.clear();
  }
  for (const auto& settled : step.durable) {
    acknowledge(self, settled);
  }
  move_door(self);
  if (step.commit) {
    commit(self, std::move(*step.commit));
  }
  if (step.stop) {
    stop(self, *step.stop);
  }
}

void on_append(LogWriter* self, storage::Append append) {
  const auto stream = append.stream;
  auto step = self->state.machine->append(std::move(append), self->clock().now());
  if (step.refused) {
    const auto writer = caf::actor_cast<caf::actor>(self->current_sender());
    self->send(writer, AppendRefused{stream, *step.refused});
  } else {
    self->state.writers.push_back(self->current_sender());
    if (HEARTH_MUTANT("acknowledge-before-sync")) {
      acknowledge(self, {stream, 0});
    }
  }
  run(self, std::move(step));
}

}  // namespace

caf::behavior log_writer(LogWriter* self, LogWriterPorts ports) {
  self->state.ports = std::move(ports);
  self->state.machine.emplace(self->state.ports.log->last_batch());
  return {
      // By reference that may change: CAF hands over the only copy, so records are moved.
      [self](storage::Append& append) { on_append(self, std::move(append)); },
      [self](const Committed& committed) {
        run(self, self->state.machine->committed(committed.outcome));
      },
  };
}

}  // namespace hearth
