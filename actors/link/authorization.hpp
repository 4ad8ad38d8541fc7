#pragma once
// Who may send what to whom. Everything that is not listed is denied.

#include "messages/base/ids.hpp"
#include "messages/envelope/message_kind.hpp"
#include "messages/link/frame.hpp"

#include <span>
#include <string_view>

namespace hearth::link {

/// `sender` may send `kind`, as a request or as a tell, to the actor `actor`. Answers need no
/// permission: they are taken only from the peer that was asked, and only once.
struct Permission {
  Role sender = Role::none;
  std::string_view actor;
  MessageKind kind = MessageKind::none;

  friend bool operator==(const Permission&, const Permission&) = default;
};

/// The whole table, as docs/formats/link.md shows it.
[[nodiscard]] std::span<const Permission> permissions();

[[nodiscard]] bool may_send(Role sender, MessageKind kind, std::string_view actor);

/// Only directories are never refused: they alone replicate.
[[nodiscard]] constexpr bool may_use(Role sender, TrafficClass traffic) {
  return traffic != TrafficClass::consensus || sender == Role::directory;
}

}  // namespace hearth::link
