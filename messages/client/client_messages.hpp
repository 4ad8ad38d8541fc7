#pragma once
// What a client session remembers.

#include "messages/base/ids.hpp"
#include "messages/directory/directory_messages.hpp"

#include <string>
#include <variant>

namespace hearth::client {

/// A home of the account, or one that is shared with it, as the owner's chain says; its name as
/// last told by itself.
struct HomeRemembered {
  PublicKeys keys;
  std::string name;      ///< Empty until its first session.
  AccountId owner = {};  ///< Zero: the client's account.
  std::string owner_name = {};
  friend bool operator==(const HomeRemembered&, const HomeRemembered&) = default;
};

/// It is a home of the account no longer, or not shared with it.
struct HomeForgotten {
  NodeId home;
  friend bool operator==(const HomeForgotten&, const HomeForgotten&) = default;
};

using ClientEvent = std::variant<HomeRemembered, HomeForgotten, directory::ChainExtended,
                                 directory::AccountFollowed, directory::AccountForgotten>;

}  // namespace hearth::client
