#include "messages/base/limits.hpp"
#include "messages/seal/node_list.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/signed_bytes.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

namespace hearth::seal {
namespace {

using namespace std::chrono_literals;
using testing::identity_of;
using testing::some_day;

const Identity root = identity_of(1);
const Identity second_root = identity_of(2);
const std::vector<SigningKey> roots{root.keys.signing, second_root.keys.signing};

NodeList good_list() {
  NodeList list{7, some_day + 720h, {}};
  list.nodes.push_back(
      {identity_of(3).keys, Role::directory, "north-1", {{"dir.example.org", 24374}}, {}, true});
  list.nodes.push_back({identity_of(4).keys,
                        Role::super_peer,
                        "south",
                        {{"192.0.2.1", 24372}, {"2001:db8::1", 24372}},
                        {{"192.0.2.1", 24373}},
                        false});
  return list;
}

Bytes signed_list(const NodeList& list = good_list()) {
  return sign_node_list(list, root.signing_seed);
}

/// `none` when the list is good.
ErrorCode verdict(BytesView bytes, WallTime now = some_day) {
  const auto verified = verify_node_list(bytes, roots, now);
  return verified ? ErrorCode::none : verified.error().code;
}

Bytes body_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end() - Signature::size};
}

/// `body` signed by the root, whatever it says.
Bytes signed_body(BytesView body) {
  return testing::signed_bytes("hearth node list 1", body, root.signing_seed);
}

TEST(NodeList, IsTheGoldenOne) {
  EXPECT_EQ(to_hex(signed_list()),
            to_hex(testing::read_golden("seal/node_list.hex").at("node_list")));
}

TEST(NodeList, GivesBackWhatEitherRootSigned) {
  for (const auto& signer : {root, second_root}) {
    const auto bytes = sign_node_list(good_list(), signer.signing_seed);
    const auto verified = verify_node_list(bytes, roots, some_day);
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_EQ(verified.value(), good_list());
  }
}

TEST(NodeList, FindsTheNodesItKnowsAndNoOthers) {
  const auto list = good_list();
  EXPECT_EQ(list.find(identity_of(4).id), &list.nodes[1]);
  EXPECT_EQ(list.find(identity_of(5).id), nullptr);
  EXPECT_EQ(list.nodes[0].id(), identity_of(3).id);
}

TEST(NodeList, IsRefusedFromAnyOtherKey) {
  const auto bytes = sign_node_list(good_list(), identity_of(9).signing_seed);
  EXPECT_EQ(verdict(bytes), ErrorCode::identity_unknown);
  const auto no_roots = verify_node_list(signed_list(), {}, some_day);
  EXPECT_FALSE(no_roots);
}

TEST(NodeList, IsRefusedWithAnyBitFlipped) {
  const auto good = signed_list();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_EQ(verdict(bad), ErrorCode::identity_unknown) << "bit " << bit;
  }
}

TEST(NodeList, IsRefusedCutEvenWithAGoodSignature) {
  const auto body = body_of(signed_list());
  ASSERT_EQ(verdict(signed_body(body)), ErrorCode::none);
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto cut = signed_body(BytesView(body).first(size));
    EXPECT_EQ(verdict(cut), ErrorCode::message_malformed) << size;
  }
  auto longer = body;
  longer.push_back(0);
  EXPECT_EQ(verdict(signed_body(longer)), ErrorCode::message_malformed);
}

TEST(NodeList, IsRefusedShorterThanASignatureOrTooLong) {
  EXPECT_EQ(verdict({}), ErrorCode::message_malformed);
  EXPECT_EQ(verdict(Bytes(63)), ErrorCode::message_malformed);
  EXPECT_EQ(verdict(Bytes(limits::node_list_bytes_max + 1)), ErrorCode::message_malformed);
}

TEST(NodeList, IsRefusedWhenItIsOver) {
  EXPECT_EQ(verdict(signed_list(), good_list().not_after), ErrorCode::none);
  EXPECT_EQ(verdict(signed_list(), good_list().not_after + 1ms), ErrorCode::value_invalid);
}

TEST(NodeList, IsRefusedWithUnknownFlagsCountsOrVersion) {
  // Of the first node: flags, control endpoints, data endpoints. See docs/formats/node_list.md.
  constexpr std::size_t node_at = 24;
  for (const auto& [at, value] :
       std::vector<std::pair<std::size_t, std::uint8_t>>{{0, 'X'},
                                                         {4, 2},
                                                         {6, 3},
                                                         {7, 0xff},
                                                         {node_at + 1, 2},
                                                         {node_at + 2, 5},
                                                         {node_at + 3, 5}}) {
    auto body = body_of(signed_list());
    body[at] = value;
    EXPECT_EQ(verdict(signed_body(body)), ErrorCode::message_malformed) << at;
  }
}

TEST(NodeList, IsRefusedWithValuesOutOfBoundsEvenWithAGoodSignature) {
  constexpr std::size_t node_at = 24;
  auto role = body_of(signed_list());
  role[node_at] = 3;
  EXPECT_EQ(verdict(signed_body(role)), ErrorCode::value_invalid);
  auto region = body_of(signed_list());
  region[node_at + 69] = 'N';
  EXPECT_EQ(verdict(signed_body(region)), ErrorCode::value_invalid);
}

TEST(NodeList, IsCheckedBeforeItIsSigned) {
  using Change = std::function<void(NodeList&)>;
  const std::vector<std::pair<const char*, Change>> faults{
      {"no node", [](NodeList& list) { list.nodes.clear(); }},
      {"a home", [](NodeList& list) { list.nodes[0].role = Role::home; }},
      {"no region", [](NodeList& list) { list.nodes[0].region.clear(); }},
      {"a long region", [](NodeList& list) { list.nodes[0].region = std::string(17, 'a'); }},
      {"a region in capitals", [](NodeList& list) { list.nodes[0].region = "North"; }},
      {"no control endpoint", [](NodeList& list) { list.nodes[0].control.clear(); }},
      {"five endpoints",
       [](NodeList& list) {
         list.nodes[1].control.resize(5, {"a", 1});
       }},
      {"no port", [](NodeList& list) { list.nodes[0].control[0].port = 0; }},
      {"no host", [](NodeList& list) { list.nodes[0].control[0].host.clear(); }},
      {"a long host", [](NodeList& list) { list.nodes[0].control[0].host.assign(254, 'a'); }},
      {"a strange host", [](NodeList& list) { list.nodes[0].control[0].host = "a b"; }},
      {"data of a directory",
       [](NodeList& list) {
         list.nodes[0].data = {{"a", 1}};
       }},
      {"no data of a super-peer", [](NodeList& list) { list.nodes[1].data.clear(); }},
      {"tickets of a super-peer", [](NodeList& list) { list.nodes[1].issues_tickets = true; }},
      {"a node twice",
       [](NodeList& list) { list.nodes[1].keys.signing = list.nodes[0].keys.signing; }},
      {"an exchange key twice",
       [](NodeList& list) { list.nodes[1].keys.exchange = list.nodes[0].keys.exchange; }},
  };
  ASSERT_TRUE(check_node_list(good_list()));
  for (const auto& [name, change] : faults) {
    auto list = good_list();
    change(list);
    const auto checked = check_node_list(list);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, ErrorCode::value_invalid) << name;
  }
}

/// `count` directories with keys of their own and `endpoints`.
NodeList list_of(std::uint32_t count, const std::vector<Endpoint>& endpoints) {
  auto list = good_list();
  list.nodes.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    ListedNode node{{}, Role::directory, "north", endpoints, {}, false};
    node.keys.signing.bytes[0] = node.keys.exchange.bytes[0] = static_cast<std::uint8_t>(i);
    node.keys.signing.bytes[1] = node.keys.exchange.bytes[1] = static_cast<std::uint8_t>(i >> 8U);
    list.nodes.push_back(std::move(node));
  }
  return list;
}

TEST(NodeList, HasAtMost2048Nodes) {
  const std::vector<Endpoint> short_endpoint{{"a", 1}};
  EXPECT_TRUE(check_node_list(list_of(2048, short_endpoint)));
  EXPECT_FALSE(check_node_list(list_of(2049, short_endpoint)));
}

TEST(NodeList, LongerThanItsBoundIsNotSigned) {
  const std::vector<Endpoint> long_endpoints(4, {std::string(253, 'a'), 1});
  EXPECT_TRUE(check_node_list(list_of(450, long_endpoints)));
  EXPECT_FALSE(check_node_list(list_of(500, long_endpoints)));
}

}  // namespace
}  // namespace hearth::seal
