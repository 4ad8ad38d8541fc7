#pragma once
// The one CAF shell of all step machines. A machine M has
//   using External, Command;            what its node tells it, what it tells its node
//   static constexpr const char* name;  the actor's name in the node and on the link
//   Result<void> recover(const storage::LogReader&);
//   Effects<Command> start(Instant);
//   Effects<Command> step(const X&, Instant) for Delivered, Answered, PeerUp, PeerDown,
//                                            TimerFired and External
// One that decides for a group of replicas has, besides,
//   Effects<Command> step(const LeadershipChanged&, Instant);
// and one that follows the node list
//   Effects<Command> step(const NodesListed&, Instant);
// The shell appends, holds effects until they may leave, and hands them out in their order. It
// decides nothing. Runs on the actor.

#include "actors/runtime/caf_protocol.hpp"
#include "actors/runtime/effect_queue.hpp"
#include "actors/runtime/log_door.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace hearth {

/// What a machine's shell borrows from its node. All of it outlives the actors.
template <class M>
struct MachinePorts {
  const storage::LogReader* log = nullptr;
  const LogDoor* door = nullptr;
  caf::actor writer;
  caf::actor link;
  std::function<void(typename M::Command)> command;  ///< Must not block.
  std::function<void(const Error&)> failed;          ///< Why the node is about to stop.
};

template <class M>
struct MachineActorState {
  static inline const char* name = M::name;

  std::shared_ptr<M> machine;
  MachinePorts<M> ports;
  EffectQueue<typename M::Command> queue;
  std::map<storage::StreamId, storage::Sequence> sequences;
};

/// A machine that decides for a group of replicas.
template <class M>
concept GroupMachine = requires(M& machine, const LeadershipChanged& change) {
  machine.step(change, Instant{});
};

template <class M>
concept NodesMachine = requires(M& machine, const NodesListed& listed) {
  machine.step(listed, Instant{});
};

namespace detail {

template <class M>
using MachineActor = caf::stateful_actor<MachineActorState<M>>;

template <class M>
void fail(MachineActor<M>* self, const Error& error) {
  if (self->state.ports.failed) {
    self->state.ports.failed(error);
  }
  self->quit(caf::exit_reason::unhandled_exception);
}

/// Streams are read lazily: a directory has one for each account that is in use.
template <class M>
bool send_append(MachineActor<M>* self, storage::Append append) {
  auto& state = self->state;
  auto known = state.sequences.find(append.stream);
  if (known == state.sequences.end()) {
    const auto last = state.ports.log->last_sequence(append.stream);
    if (!last) {
      fail(self, last.error());
      return false;
    }
    known = state.sequences.emplace(append.stream, last.value()).first;
  }
  append.expected = known->second;
  known->second = append.last();
  self->send(state.ports.writer, std::move(append));
  return true;
}

template <class M>
void let_out(MachineActor<M>* self, Effects<typename M::Command> effects) {
  auto& ports = self->state.ports;
  for (auto& order : effects.link) {
    self->send(ports.link, std::move(order));
  }
  for (auto& reply : effects.replies) {
    self->send(ports.link, std::move(reply));
  }
  for (auto& ask : effects.asks) {
    self->send(ports.link, std::move(ask));
  }
  for (auto& tell : effects.tells) {
    self->send(ports.link, std::move(tell));
  }
  for (auto& command : effects.commands) {
    ports.command(std::move(command));
  }
  if (effects.stop) {
    fail(self, *effects.stop);
  }
}

template <class M>
void release(MachineActor<M>* self) {
  while (auto effects = self->state.queue.release()) {
    let_out(self, std::move(*effects));
  }
}

template <class M>
void run(MachineActor<M>* self, Effects<typename M::Command> effects) {
  for (const auto& timer : effects.timers) {
    self->delayed_send(self, timer.after, TimerFired{timer.timer});
  }
  auto appends = std::exchange(effects.appends, {});
  effects.exact = effects.exact && appends.empty();
  if constexpr (GroupMachine<M>) {
    if (effects.exact) {
      self->send(self->state.ports.writer, Confirm{});
    }
  }
  self->state.queue.hold(std::move(effects), appends.size());
  for (auto& append : appends) {
    if (!send_append(self, std::move(append))) {
      return;
    }
  }
  release(self);
}

/// Who waits for what may be lost hears that nobody knows: the same request may be sent again.
template <class M>
void drop_held(MachineActor<M>* self) {
  const Error unknown{ErrorCode::outcome_unknown, "leadership has changed: ask again"};
  while (auto effects = self->state.queue.drop()) {
    for (const auto& reply : effects->replies) {
      self->send(self->state.ports.link, Reply{reply.to, unknown});
    }
    for (const auto& ask : effects->asks) {
      self->send(self, Answered{ask.token, unknown});
    }
    if (effects->stop) {
      fail(self, *effects->stop);
    }
  }
}

template <class M>
void on_leadership(MachineActor<M>* self, const LeadershipChanged& change) {
  auto& state = self->state;
  drop_held(self);
  state.sequences.clear();
  if (change.decides) {
    self->send(state.ports.writer, ReignBegun{change.reign});
  }
  run(self, state.machine->step(change, self->clock().now()));
}

/// Load is refused here and nowhere behind: once a machine has decided, its events are written.
template <class M>
bool refuse_load(MachineActor<M>* self, const Delivered& request) {
  const auto& ports = self->state.ports;
  if (!request.reply_to || ports.door == nullptr || ports.door->open(self->clock().now())) {
    return false;
  }
  self->send(ports.link, Reply{*request.reply_to, Error{ErrorCode::overloaded, "log is behind"}});
  return true;
}

}  // namespace detail

template <class M>
caf::behavior machine_actor(caf::stateful_actor<MachineActorState<M>>* self,
                            std::shared_ptr<M> machine, MachinePorts<M> ports) {
  auto& state = self->state;
  state.machine = std::move(machine);
  state.ports = std::move(ports);
  if (state.ports.log != nullptr) {
    if (auto recovered = state.machine->recover(*state.ports.log); !recovered) {
      detail::fail(self, recovered.error());
      return {};
    }
  }
  const auto step = [self](const auto& input) {
    detail::run(self, self->state.machine->step(input, self->clock().now()));
  };
  detail::run(self, state.machine->start(self->clock().now()));
  return {
      [self, step](const Delivered& input) {
        if (!detail::refuse_load(self, input)) {
          step(input);
        }
      },
      [step](const Answered& input) { step(input); },
      [step](const PeerUp& input) { step(input); },
      [step](const PeerDown& input) { step(input); },
      [step](const TimerFired& input) { step(input); },
      [step](const NodesListed& input) {
        if constexpr (NodesMachine<M>) {
          step(input);
        }
      },
      [step](const ExternalInput<typename M::External>& input) { step(input.value); },
      [self](const Durable&) {
        self->state.queue.durable();
        detail::release(self);
      },
      [self](const AppendRefused& refused) { detail::fail(self, refused.error); },
      [self](const Confirmed&) {
        self->state.queue.confirmed();
        detail::release(self);
      },
      [self](const LeadershipChanged& change) {
        if constexpr (GroupMachine<M>) {
          detail::on_leadership(self, change);
        }
      },
  };
}

}  // namespace hearth
