#pragma once

#include "sim/drill/profile.hpp"

namespace hearth::sim {

/// Has the actors of a small world browse, play, enrol, revoke and come back from crashes, and
/// takes what they need for a message of each kind that they meet: the mean of the middle half. Of
/// other kinds the same of these. Sealed in earnest, on real time; takes some seconds. Call once,
/// and last: libsodium gives the process no more chance afterwards.
void measure_messages(drill::Profile& profile);

}  // namespace hearth::sim
