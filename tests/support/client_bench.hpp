#pragma once
// A client machine between a directory, two super-peers and a home, driven by hand.

#include "actors/client/client_machine.hpp"
#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/account_desk.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace hearth::client::testing {

using hearth::testing::identity_of;
using hearth::testing::secret_of;
using namespace std::chrono_literals;

inline const auto self = identity_of(1);
inline const auto directory_node = identity_of(2);
inline const auto relay_a = identity_of(3);
inline const auto relay_b = identity_of(4);
inline const auto attic = identity_of(5);
inline const auto cellar = identity_of(6);
inline const auto relay_c = identity_of(7);
inline const auto owner = identity_of(8);

[[nodiscard]] inline seal::NodeList nodes() {
  seal::NodeList list;
  list.nodes.push_back({directory_node.keys, Role::directory, "eu", {{"127.0.0.1", 1}}, {}, true});
  for (const auto* relay : {&relay_a, &relay_b}) {
    list.nodes.push_back({relay->keys,
                          Role::super_peer,
                          "eu",
                          {{"127.0.0.1", 2}},
                          {{"127.0.0.1", static_cast<std::uint16_t>(relay == &relay_a ? 3 : 4)}},
                          false});
  }
  return list;
}

[[nodiscard]] inline Bytes ticket(const NodeId& home = attic.id,
                                  std::vector<NodeId> super_peers = {relay_a.id, relay_b.id}) {
  seal::Ticket ticket;
  ticket.issuer = directory_node.id;
  ticket.client = self.id;
  ticket.client_exchange = self.keys.exchange;
  ticket.home = home;
  ticket.super_peers = std::move(super_peers);
  ticket.not_before = test::noon;
  ticket.not_after = test::noon + limits::ticket_life;
  return seal::sign_ticket(ticket, directory_node.signing_seed);
}

class ClientBench : public ::testing::Test {
 protected:
  void take(ClientEffects effects) {
    for (auto& ask : effects.asks) {
      asks.push_back(std::move(ask));
    }
    for (auto& order : effects.link) {
      orders.push_back(std::move(order));
    }
    for (auto& command : effects.commands) {
      answers.push_back(std::move(command));
    }
    for (const auto& timer : effects.timers) {
      timers.insert(bench.now + timer.after);
    }
  }

  void peer_up(const seal::Identity& who, Role role, std::uint64_t session, bool tunnelled) {
    PeerInfo peer{who.id,    role,       who.keys, session,
                  tunnelled, test::noon, {},       secret_of(static_cast<std::uint8_t>(session))};
    peer.handshake_hash.fill(static_cast<std::uint8_t>(session));
    take(bench.step(PeerUp{peer}));
  }

  void tick(Millis after = Millis{100}) {
    bench.now += after;
    take(bench.step(TimerFired{1}));
  }

  /// The oldest ask of `kind` that is not answered yet.
  std::optional<Ask> asked(MessageKind kind) {
    for (auto it = asks.begin(); it != asks.end(); ++it) {
      if (header_of(it->envelope).value().kind == kind) {
        auto found = *it;
        asks.erase(it);
        return found;
      }
    }
    return std::nullopt;
  }

  template <class Message>
  void answer(MessageKind kind, const Message& message) {
    const auto ask = asked(kind);
    ASSERT_TRUE(ask) << "nothing asked of kind " << name_of(kind);
    take(bench.step(Answered{ask->token, pack({}, message)}));
  }

  void refuse(MessageKind kind, ErrorCode code) {
    const auto ask = asked(kind);
    ASSERT_TRUE(ask) << "nothing asked of kind " << name_of(kind);
    take(bench.step(Answered{ask->token, Error{code, {}}}));
  }

  /// The directory tells where homes are, and what of the chain is new to the client.
  void list(std::vector<directory::HomeRecord> homes) {
    answer(MessageKind::list_homes, directory::HomesListed{std::move(homes), book.events().size()});
    if (const auto ask = asked(MessageKind::fetch_chain)) {
      const auto request = unpack<directory::FetchChain>(ask->envelope).value();
      take(bench.step(Answered{ask->token, pack({}, book.page(request.after))}));
    }
  }

  void find_home() {
    take(bench.start());
    peer_up(directory_node, Role::directory, 1, false);
    list({{attic.keys, {relay_a.id, relay_b.id}}});
    tick();
    answer(MessageKind::request_ticket, directory::TicketIssued{ticket()});
  }

  void open_session() {
    find_home();
    peer_up(relay_a, Role::super_peer, 2, false);
    peer_up(relay_b, Role::super_peer, 3, false);
    answer(MessageKind::open_tunnel, Accepted{});
    peer_up(attic, Role::home, 4, true);
  }

  void ask_ui(std::uint64_t id, Question question) {
    take(bench.step(UiQuestion{id, std::move(question)}));
  }

  const Result<Answer>* answer_to(std::uint64_t id) {
    for (const auto& each : answers) {
      if (each.id == id) {
        return &each.answer;
      }
    }
    return nullptr;
  }

  template <class Order>
  std::optional<Order> last_order() {
    for (auto it = orders.rbegin(); it != orders.rend(); ++it) {
      if (const auto* found = std::get_if<Order>(&*it)) {
        return *found;
      }
    }
    return std::nullopt;
  }

  hearth::testing::ChainBook book = [] {
    hearth::testing::ChainBook begun(owner);
    begun.enrol(attic, directory::DeviceKind::home, owner)
        .enrol(self, directory::DeviceKind::gateway, owner);
    return begun;
  }();
  test::Disk disk;
  test::MachineBench<ClientMachine> bench{disk, ClientMachine::Config{self.id, "eu", nodes()}};
  std::vector<Ask> asks;
  std::vector<LinkOrder> orders;
  std::vector<UiAnswer> answers;
  std::multiset<Instant> timers;
};

}  // namespace hearth::client::testing
