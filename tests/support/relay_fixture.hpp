#pragma once
// A super-peer with one directory, one home and one client, driven without network.

#include "actors/relay/relay_machine.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::test {

class RelayTest : public ::testing::Test {
 protected:
  using Machine = relay::RelayMachine;
  using Effects = Machine::Effects;

  static seal::ListedNode listed(const seal::Identity& who, Role role, std::string region) {
    seal::ListedNode node;
    node.keys = who.keys;
    node.role = role;
    node.region = std::move(region);
    node.issues_tickets = role == Role::directory;
    return node;
  }

  seal::NodeList nodes() const {
    return {.serial = 1,
            .not_after = clock.time + std::chrono::hours(24),
            .nodes = {listed(self, Role::super_peer, "north"),
                      listed(far_directory, Role::directory, "south"),
                      listed(directory, Role::directory, "north")}};
  }

  /// Starts the machine from what the disk holds.
  Effects boot(relay::RelayLimits limits = {}) {
    bench.emplace(disk, self.id, nodes(), clock, limits);
    return bench->start();
  }

  static PeerInfo peer(const seal::Identity& who, Role role, std::uint64_t session = 1) {
    PeerInfo info;
    info.node = who.id;
    info.role = role;
    info.keys = who.keys;
    info.session = session;
    info.exported = hearth::testing::secret_of(static_cast<std::uint8_t>(session));
    return info;
  }

  Effects up(const seal::Identity& who, Role role, std::uint64_t session = 1) {
    return bench->step(PeerUp{peer(who, role, session)});
  }

  Bytes certificate(const seal::Identity& issuer, const PublicKeys& keys) const {
    return seal::sign_certificate({.issuer = issuer.id,
                                   .home = keys,
                                   .account = {},
                                   .not_before = clock.time,
                                   .not_after = clock.time + std::chrono::hours(24)},
                                  issuer.signing_seed);
  }

  seal::Ticket leave(const seal::Identity& issuer) const {
    return {.issuer = issuer.id,
            .client = client.id,
            .client_exchange = client.keys.exchange,
            .home = home.id,
            .super_peers = {self.id},
            .not_before = clock.time,
            .not_after = clock.time + limits::ticket_life,
            .rate_bytes_s = 0,
            .serial = 7};
  }
  Bytes ticket() const { return seal::sign_ticket(leave(directory), directory.signing_seed); }

  template <class Message>
  Envelope envelope(const seal::Identity& from, const Message& message) const {
    Header header;
    header.from = {from.id, "asker"};
    header.to = {self.id, "relay"};
    return pack(header, message);
  }

  template <class Message>
  ErrorCode ask(const seal::Identity& from, Role role, const Message& message) {
    const auto answer = bench->ask(from.id, role, envelope(from, message));
    return answer ? ErrorCode::none : answer.error().code;
  }

  ErrorCode attach() {
    return ask(home, Role::home, relay::AttachHome{certificate(directory, home.keys)});
  }

  /// Home attached and client here.
  void gather() {
    boot();
    up(home, Role::home);
    ASSERT_EQ(attach(), ErrorCode::none);
    up(client, Role::client);
  }

  void pass(Millis time) {
    bench->now += time;
    clock.time += time;
  }

  template <class What, class Variant>
  static std::vector<What> only(const std::vector<Variant>& all) {
    std::vector<What> found;
    for (const auto& each : all) {
      if (const auto* what = std::get_if<What>(&each)) {
        found.push_back(*what);
      }
    }
    return found;
  }

  const seal::Identity self = hearth::testing::identity_of(1);
  const seal::Identity directory = hearth::testing::identity_of(2);
  const seal::Identity far_directory = hearth::testing::identity_of(3);
  const seal::Identity home = hearth::testing::identity_of(4);
  const seal::Identity client = hearth::testing::identity_of(5);
  const seal::Identity stranger = hearth::testing::identity_of(6);
  FixedClock clock;
  Disk disk;
  std::optional<MachineBench<Machine>> bench;
};

}  // namespace hearth::test
