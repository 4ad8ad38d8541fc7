#pragma once
// A home agent as tests see it, and who is around it.

#include "actors/home/home_machine.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/relay/relay_messages.hpp"
#include "tests/support/account_desk.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace hearth::home_testing {

using namespace hearth::home;

using hearth::testing::identity_of;
using hearth::testing::secret_of;

inline const auto self = identity_of(1);
inline const auto directory_node = identity_of(2);
inline const auto super_peer = identity_of(3);
inline const auto gateway = identity_of(4);
inline const auto stranger = identity_of(5);
inline const auto owner = identity_of(6);

[[nodiscard]] inline seal::NodeList nodes() {
  seal::NodeList list;
  list.nodes.push_back({directory_node.keys, Role::directory, "eu", {{"127.0.0.1", 1}}, {}, true});
  list.nodes.push_back(
      {super_peer.keys, Role::super_peer, "eu", {{"127.0.0.1", 2}}, {{"127.0.0.1", 3}}, false});
  return list;
}

[[nodiscard]] inline HomeMachine::Config config() {
  return {self, "attic", {"/media"}, "eu", nodes()};
}

[[nodiscard]] inline std::vector<NodeId> dialled_in(const HomeEffects& effects) {
  std::vector<NodeId> dialled;
  for (const auto& order : effects.link) {
    if (const auto* dial = std::get_if<Dial>(&order)) {
      dialled.push_back(dial->node);
    }
  }
  return dialled;
}

class HomeMachineTest : public ::testing::Test {
 protected:
  void peer_up(const seal::Identity& who, Role role, std::uint64_t session, bool tunnelled) {
    PeerInfo peer{who.id, role, who.keys, session, tunnelled, test::noon, {}, secret_of(9)};
    peer.handshake_hash.fill(static_cast<std::uint8_t>(session));
    effects = bench.step(PeerUp{peer});
  }

  /// Answers the ask of kind `kind` among `effects`.
  template <class Message>
  void answer(MessageKind kind, const Message& message) {
    for (const auto& ask : effects.asks) {
      const auto header = header_of(ask.envelope);
      if (header.value().kind == kind) {
        Header back;
        back.from = header.value().to;
        back.to = header.value().from;
        effects = bench.step(Answered{ask.token, pack(back, message)});
        return;
      }
    }
    ADD_FAILURE() << "nothing asked of kind " << name_of(kind);
  }

  /// The directory tells what is new.
  void tell(const directory::ChainPage& page) { answer(MessageKind::fetch_chain, page); }

  /// What was asked with that kind, among `effects`.
  Envelope effects_of(MessageKind kind) {
    for (const auto& ask : effects.asks) {
      if (header_of(ask.envelope).value().kind == kind) {
        return ask.envelope;
      }
    }
    ADD_FAILURE() << "nothing asked of kind " << name_of(kind);
    return {};
  }

  void come_up() {
    peer_up(directory_node, Role::directory, 1, false);
    const auto asks = effects.asks;
    tell(book.page());
    effects.asks = asks;
    answer(MessageKind::register_home, directory::HomeRegistered{account, {1, 2, 3}});
    peer_up(super_peer, Role::super_peer, 2, false);
    answer(MessageKind::attach_home, Accepted{});
  }

  template <class Message>
  Result<Envelope> ask(const seal::Identity& who, Role role, const Message& message) {
    Header header;
    header.from = {who.id, "client"};
    header.to = {self.id, "home"};
    return bench.ask(who.id, role, pack(header, message));
  }

  void scan_one_file() {
    FileProbed probed;
    probed.file = {"/media", "song.mp3", false, 1000, 5, 6};
    probed.item.kind = ItemKind::audio;
    probed.item.title = "Song";
    probed.item.mime = "audio/mpeg";
    probed.item.extension = "mp3";
    ScanBatch batch;
    batch.run = 1;
    batch.probed.push_back(probed);
    (void)bench.step(HomeExternal{batch});
  }

  hearth::testing::ChainBook book = [] {
    hearth::testing::ChainBook begun(owner);
    begun.enrol(self, directory::DeviceKind::home, owner)
        .enrol(gateway, directory::DeviceKind::gateway, owner);
    return begun;
  }();
  AccountId account = book.account();
  test::FixedClock clock;
  test::Disk disk;
  test::MachineBench<HomeMachine> bench{disk, config(), clock};
  HomeEffects effects = bench.start();
  int asked = 0;
};

template <class Order>
const Order* find_order(const HomeEffects& effects) {
  for (const auto& order : effects.link) {
    if (const auto* found = std::get_if<Order>(&order)) {
      return found;
    }
  }
  return nullptr;
}

}  // namespace hearth::home_testing
