#pragma once
// What a client session remembers.

#include "messages/base/ids.hpp"

#include <string>
#include <variant>

namespace hearth::client {

/// A home of the account, as first told by the directory; its name as last told by itself.
struct HomeRemembered {
  PublicKeys keys;
  std::string name;  ///< Empty until its first session.
  friend bool operator==(const HomeRemembered&, const HomeRemembered&) = default;
};

/// The directory no longer lists this home.
struct HomeForgotten {
  NodeId home;
  friend bool operator==(const HomeForgotten&, const HomeForgotten&) = default;
};

using ClientEvent = std::variant<HomeRemembered, HomeForgotten>;

}  // namespace hearth::client
