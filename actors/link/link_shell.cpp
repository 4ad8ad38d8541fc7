#include "actors/link/link_shell.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace hearth::link {

caf::message_handler LinkShell::handlers() {
  return {
      [this](BindActor& bind) {
        machine_.bind(bind.name);
        actors_[std::move(bind.name)] = std::move(bind.actor);
      },
      [this](WatchPeers& watch) { on_watch(std::move(watch.actor)); },
      [this](const Ask& ask) { on_ask(ask); },
      [this](const Tell& tell) {
        machine_.tell(tell, now());
        settle();
      },
      [this](const Reply& reply) {
        machine_.reply(reply, now());
        settle();
      },
      [this](const LinkOrder& order) {
        machine_.order(order, now());
        settle();
      },
      [this](const OfferNodeList& offer) {
        // A list that is not newer, or not valid, changes nothing; whoever offers it knows why.
        static_cast<void>(machine_.replace_nodes(offer.signed_list, now()));
        settle();
      },
      [this](const SweepLink& sweep) { on_sweep(sweep.alarm); },
  };
}

std::uint64_t LinkShell::accepted(const std::string& source) {
  const auto connection = machine_.accepted(source, now());
  settle();
  return connection;
}

void LinkShell::received(std::uint64_t connection, BytesView bytes) {
  machine_.received(connection, bytes, now());
  settle();
}

void LinkShell::written(std::uint64_t connection, std::size_t unsent) {
  machine_.written(connection, unsent, now());
  settle();
}

void LinkShell::closed(std::uint64_t connection) {
  machine_.closed(connection, now());
  settle();
}

void LinkShell::on_ask(const Ask& ask) {
  const auto asker = ++asker_last_;
  askers_.emplace(asker, parts_.self->current_sender());
  machine_.ask(asker, ask, now());
  settle();
}

void LinkShell::on_watch(caf::actor watcher) {
  for (const auto& entry : up_) {
    caf::anon_send(watcher, PeerUp{entry.second});
  }
  watchers_.push_back(std::move(watcher));
}

void LinkShell::on_sweep(std::uint64_t alarm) {
  if (alarm == alarm_last_) {
    armed_for_.reset();
    machine_.sweep(now());
    settle();
  }
}

LinkTime LinkShell::now() const {
  return LinkTime{parts_.self->clock().now(), parts_.wall->now()};
}

void LinkShell::settle() {
  for (auto& output : machine_.take_outputs()) {
    carry_out(output);
  }
  arm();
}

void LinkShell::carry_out(LinkOutput& output) {
  auto& wire = *parts_.wire;
  std::visit(
      [&](auto& wanted) {
        using Wanted = std::decay_t<decltype(wanted)>;
        if constexpr (std::is_same_v<Wanted, OpenConnection>) {
          wire.dial(wanted.connection, wanted.endpoint, wanted.attempt);
        } else if constexpr (std::is_same_v<Wanted, SendBytes>) {
          wire.send(wanted.connection, wanted.bytes);
        } else if constexpr (std::is_same_v<Wanted, CloseConnection>) {
          wire.close(wanted.connection);
        } else if constexpr (std::is_same_v<Wanted, PauseReading>) {
          wire.pause(wanted.connection);
        } else if constexpr (std::is_same_v<Wanted, ResumeReading>) {
          wire.resume(wanted.connection);
        } else if constexpr (std::is_same_v<Wanted, DeliverTo>) {
          deliver(wanted);
        } else if constexpr (std::is_same_v<Wanted, AnswerAsker>) {
          answer(wanted);
        } else if constexpr (std::is_same_v<Wanted, Counted>) {
          parts_.counters->count(wanted.what);
        } else if constexpr (std::is_same_v<Wanted, Rejected>) {
          parts_.counters->count(wanted.reason);
        } else {
          announce(wanted);
        }
      },
      output);
}

void LinkShell::arm() {
  const auto at = now().now;
  const auto wake = machine_.wake_at(at);
  if (!wake || (armed_for_ && *armed_for_ <= *wake)) {
    return;
  }
  armed_for_ = wake;
  const auto delay = std::max<Instant::duration>(*wake - at, Millis(1));
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(parts_.self), delay, SweepLink{++alarm_last_});
}

void LinkShell::deliver(DeliverTo& message) {
  const auto found = actors_.find(message.actor);
  if (found != actors_.end()) {
    caf::anon_send(found->second, std::move(message.delivered));
  }
}

void LinkShell::answer(AnswerAsker& message) {
  const auto found = askers_.find(message.asker);
  if (found == askers_.end()) {
    return;
  }
  if (found->second) {
    caf::anon_send(caf::actor_cast<caf::actor>(found->second), std::move(message.answered));
  }
  askers_.erase(found);
}

void LinkShell::announce(const PeerUp& up) {
  up_[up.peer.node] = up.peer;
  for (const auto& watcher : watchers_) {
    caf::anon_send(watcher, up);
  }
}

void LinkShell::announce(const NodesListed& listed) {
  for (const auto& watcher : watchers_) {
    caf::anon_send(watcher, listed);
  }
}

void LinkShell::announce(const PeerDown& down) {
  const auto found = up_.find(down.node);
  if (found != up_.end() && found->second.session == down.session) {
    up_.erase(found);
  }
  for (const auto& watcher : watchers_) {
    caf::anon_send(watcher, down);
  }
}

}  // namespace hearth::link
