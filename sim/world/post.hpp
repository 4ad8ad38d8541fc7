#pragma once

#include "actors/runtime/caf_protocol.hpp"

#include <caf/actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace hearth::sim {

/// The way to a machine's actor for its node; what comes before the actor is there waits for it.
template <class M>
class Post final {
 public:
  Post() = default;
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  [[nodiscard]] std::function<void(caf::actor)> spawned() {
    return [this](caf::actor actor) {
      actor_ = std::move(actor);
      for (auto& input : std::exchange(waiting_, {})) {
        send(std::move(input));
      }
    };
  }

  void operator()(typename M::External input) {
    if (actor_) {
      send(std::move(input));
    } else {
      waiting_.push_back(std::move(input));
    }
  }

 private:
  void send(typename M::External input) {
    caf::anon_send(actor_, ExternalInput<typename M::External>{std::move(input)});
  }

  caf::actor actor_;
  std::vector<typename M::External> waiting_;
};

}  // namespace hearth::sim
