#pragma once

#include "actors/runtime/machine_actor.hpp"

#include <caf/send.hpp>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace hearth::cli {

/// The way to a machine's actor for its node: inputs that come before the actor is there wait for
/// it. Any thread; never blocks.
template <class M>
class ActorInput {
 public:
  [[nodiscard]] std::function<void(caf::actor)> spawned() {
    return [this](caf::actor actor) {
      const std::lock_guard lock(mutex_);
      actor_ = std::move(actor);
      for (auto& input : std::exchange(waiting_, {})) {
        caf::anon_send(actor_, ExternalInput<typename M::External>{std::move(input)});
      }
    };
  }

  void post(typename M::External input) {
    const std::lock_guard lock(mutex_);
    if (actor_) {
      caf::anon_send(actor_, ExternalInput<typename M::External>{std::move(input)});
    } else {
      waiting_.push_back(std::move(input));
    }
  }

 private:
  std::mutex mutex_;
  caf::actor actor_;
  std::vector<typename M::External> waiting_;
};

}  // namespace hearth::cli
