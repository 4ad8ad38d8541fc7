#pragma once
// What a client session remembers.

#include "messages/base/ids.hpp"
#include "messages/directory/directory_messages.hpp"

#include <string>
#include <variant>

namespace hearth::client {

/// A home of the account, as its chain says; its name as last told by itself.
struct HomeRemembered {
  PublicKeys keys;
  std::string name;  ///< Empty until its first session.
  friend bool operator==(const HomeRemembered&, const HomeRemembered&) = default;
};

/// It is a home of the account no longer.
struct HomeForgotten {
  NodeId home;
  friend bool operator==(const HomeForgotten&, const HomeForgotten&) = default;
};

using ClientEvent = std::variant<HomeRemembered, HomeForgotten, directory::ChainExtended>;

}  // namespace hearth::client
