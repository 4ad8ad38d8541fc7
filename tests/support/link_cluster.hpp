#pragma once
// A small cluster for tests of the link: who is who, and the list that says so.

#include "actors/link/link_machine.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/home_messages.hpp"
#include "tests/support/identities.hpp"

#include <string>
#include <utility>

namespace hearth::testing {

inline const link::LinkSelf directory_a{identity_of(1), Role::directory, "eu"};
inline const link::LinkSelf directory_b{identity_of(2), Role::directory, "us"};
inline const link::LinkSelf super_peer{identity_of(3), Role::super_peer, "eu"};
inline const link::LinkSelf home_pc{identity_of(4), Role::home, ""};
inline const link::LinkSelf phone{identity_of(5), Role::client, ""};
inline const seal::SecretKey root_seed = secret_of(6);

[[nodiscard]] inline SigningKey root_key() {
  return seal::Identity::from_secrets(root_seed, root_seed).keys.signing;
}

/// Listed under its name as host, port 1.
[[nodiscard]] inline seal::ListedNode listed(const link::LinkSelf& self, const std::string& host) {
  seal::ListedNode node;
  node.keys = self.identity.keys;
  node.role = self.role;
  node.region = self.region;
  node.control = {{host, 1}};
  if (self.role == Role::super_peer) {
    node.data = {{host, 2}};
  }
  return node;
}

[[nodiscard]] inline seal::NodeList cluster_list() {
  seal::NodeList list;
  list.serial = 1;
  list.not_after = some_day + std::chrono::hours(24);
  list.nodes = {listed(directory_a, "directory-a"), listed(directory_b, "directory-b"),
                listed(super_peer, "super-peer")};
  return list;
}

[[nodiscard]] inline link::Contact contact_of(const link::LinkSelf& self) {
  return {self.identity.keys, self.role, self.region};
}

template <class Message>
[[nodiscard]] Envelope envelope_to(const link::LinkSelf& from, const link::LinkSelf& to,
                                   const std::string& actor, const Message& message) {
  Header header;
  header.from = {from.identity.id, "test"};
  header.to = {to.identity.id, actor};
  return pack(header, message);
}

}  // namespace hearth::testing
