#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <functional>

namespace hearth {

/// Spawns this node's link as a child of the node's root, linked to it. The one thing in which a
/// node on TCP differs from one in a simulation.
using LinkMaker = std::function<caf::actor(caf::event_based_actor* root)>;

}  // namespace hearth
