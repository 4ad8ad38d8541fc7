// Every kind of message, from everybody there is, to every actor that reads what others send: what
// the table does not allow is refused with an error, and leaves nothing behind.

#include "actors/link/authorization.hpp"
#include "tests/support/authorization_places.hpp"
#include "tests/support/authorization_table.hpp"
#include "tests/support/message_kinds.hpp"
#include "tests/support/message_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::matrix {
namespace {

constexpr std::array roles{Role::none, Role::directory, Role::super_peer, Role::home, Role::client};

bool is_known_to(std::string_view actor, MessageKind kind) {
  return std::any_of(roles.begin(), roles.end(),
                     [&](Role role) { return test::is_listed(role, actor, kind); });
}

/// What an actor has never heard of.
Envelope sample_of(MessageKind kind, const NodeId& from, const char* actor) {
  const Header header{kind, {from, "asker"}, {self.id, actor}, {}, {}};
  Envelope sample;
  test::for_each(test::Messages{}, [&](auto type) {
    using Message = typename decltype(type)::type;
    if (Message::kind == kind) {
      sample = pack(header, test::usual<Message>());
    }
  });
  return sample;
}

/// A right message from `who`, as far as the actor has heard of its kind.
template <class Place>
Envelope message_of(Place& place, Standing who, MessageKind kind) {
  return is_known_to(Place::actor, kind) ? place.request(kind)
                                         : sample_of(kind, identity(who).id, Place::actor);
}

template <class Place>
void try_one(Place& place, Standing who, MessageKind kind, bool is_allowed) {
  const auto envelope = message_of(place, who, kind);
  const auto before = place.trace();
  const auto answer = place.send(ReplyTo{identity(who).id, 1, 1}, envelope);
  EXPECT_EQ(answer.ok(), is_allowed) << (answer ? std::string() : answer.error().detail);
  if (!is_allowed) {
    (void)place.send(std::nullopt, envelope);
    EXPECT_EQ(place.trace(), before) << "refused, and done";
  }
}

/// The link stands before the actor, which relies on it for roles. What the link stops is handed to
/// the actor all the same, unless it would be allowed in another role: who somebody is does not
/// depend on what it says it is.
template <class Place>
void try_all(Role role, Standing who) {
  Place place(role, who);
  for (const auto kind : test::every_kind()) {
    SCOPED_TRACE(std::string(test::name_of(who)) + " as " + std::string(name_of(role)) + " sends " +
                 std::string(name_of(kind)));
    const bool is_allowed = test::is_allowed(role, Place::actor, kind, who);
    const bool is_stopped = !link::may_send(role, kind, Place::actor);
    EXPECT_FALSE(is_stopped && is_allowed);
    const bool has_no_bytes = kind == MessageKind::none;
    if (!has_no_bytes && (!is_stopped || !test::is_allowed_at_all(Place::actor, kind, who))) {
      try_one(place, who, kind, is_allowed);
    }
  }
}

template <class Place>
class AuthorizationMatrix : public ::testing::Test {};
using Places = ::testing::Types<Directory, SuperPeer, Home>;
TYPED_TEST_SUITE(AuthorizationMatrix, Places);

TYPED_TEST(AuthorizationMatrix, RefusesAllThatIsNotAllowedAndDoesNothing) {
  for (const auto role : roles) {
    for (const auto who : test::everybody) {
      if (test::can_come_as(role, who)) {
        try_all<TypeParam>(role, who);
      }
    }
  }
}

TEST(AuthorizationByAnotherDirectory, GivesNobodyWhatItMayNotHaveItself) {
  Directory of_player(Role::client, Standing::player);
  const auto own = of_player.request(MessageKind::fetch_chain);
  EXPECT_TRUE(of_player.pass_on(MessageKind::fetch_chain, own).ok());
  for (const auto role : {Role::home, Role::client}) {
    for (const auto who : test::everybody) {
      Directory place(role, who);
      for (const auto kind : test::every_kind()) {
        if (kind == MessageKind::none || test::is_allowed_at_all(Directory::actor, kind, who)) {
          continue;
        }
        SCOPED_TRACE(std::string(test::name_of(who)) + " sends " + std::string(name_of(kind)));
        const auto envelope = message_of(place, who, kind);
        const auto before = place.trace();
        EXPECT_FALSE(place.pass_on(kind, envelope).ok());
        EXPECT_EQ(place.trace(), before) << "refused, and done";
      }
    }
  }
}

}  // namespace
}  // namespace hearth::matrix
