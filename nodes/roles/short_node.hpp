#pragma once
// A node for as long as a command lasts: a link on TCP that only dials, and a log in memory.

#include "actors/runtime/wiring.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/node_list.hpp"

#include <memory>
#include <vector>

namespace hearth::cli {

/// What `actors` borrow must outlive it.
class ShortNode final {
 public:
  ShortNode(const seal::Identity& self, Role role, const seal::NodeList& nodes,
            std::vector<NodeActor> actors);
  ShortNode(const ShortNode&) = delete;
  ShortNode& operator=(const ShortNode&) = delete;
  ~ShortNode();  ///< Waits until the actors have ended.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearth::cli
