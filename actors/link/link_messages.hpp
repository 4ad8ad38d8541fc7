#pragma once
// CAF messages to a link that are not in the common vocabulary (actors/runtime/caf_protocol.hpp).

#include "messages/base/types.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>

namespace hearth::link {

/// From the node: a signed node list. Takes the place of the link's, if it is valid and newer.
struct OfferNodeList {
  Bytes signed_list;
};

/// From the link to itself.
struct SweepLink {
  std::uint64_t alarm = 0;
};

}  // namespace hearth::link

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::link::OfferNodeList)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hearth::link::SweepLink)
