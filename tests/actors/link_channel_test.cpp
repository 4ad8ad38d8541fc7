#include "actors/link/channel_machine.hpp"
#include "tests/support/link_cluster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace hearth::link {
namespace {

using namespace hearth::testing;

struct Frame {
  FrameHeader header;
  Bytes body;
};

/// One side of a channel and what it has seen.
struct Side {
  Side(ChannelMachine its_channel, bool is_responder)
      : channel(std::move(its_channel)), responds(is_responder) {}

  void take(BytesView bytes) {
    channel.feed(bytes);
    while (const auto event = channel.next(some_day, out)) {
      if (const auto* peer = std::get_if<PeerProven>(&*event)) {
        proven = *peer;
        if (responds) {
          channel.welcome(some_day, out);
        }
      } else if (const auto* frame = std::get_if<FrameReceived>(&*event)) {
        frames.push_back({frame->header, Bytes(frame->body.begin(), frame->body.end())});
      } else {
        failed = std::get<ChannelFailed>(*event).reason;
      }
    }
  }
  Bytes take_out() { return std::exchange(out, {}); }

  ChannelMachine channel;
  bool responds;
  Bytes out;
  std::optional<PeerProven> proven;
  std::vector<Frame> frames;
  std::optional<Rejection> failed;
};

Side dial(const LinkSelf& from, const LinkSelf& to, Purpose purpose = Purpose::control) {
  Side side(ChannelMachine(from, purpose, contact_of(to)), false);
  side.channel.open(side.out);
  return side;
}

Side accept(const LinkSelf& self, const seal::NodeList& list, Purpose purpose = Purpose::control,
            std::optional<NodeId> expected = std::nullopt) {
  return Side(ChannelMachine(self, purpose, list, expected), true);
}

/// Until neither has anything to say.
void talk(Side& a, Side& b) {
  while (!a.out.empty() || !b.out.empty()) {
    b.take(a.take_out());
    a.take(b.take_out());
  }
}

class LinkChannel : public ::testing::Test {
 protected:
  Rejection refusal_of(const LinkSelf& from, const LinkSelf& to, const LinkSelf& at,
                       Purpose purpose = Purpose::control) {
    auto caller = dial(from, to, purpose);
    auto called = accept(at, list);
    talk(caller, called);
    EXPECT_TRUE(called.failed.has_value());
    EXPECT_FALSE(caller.proven.has_value());
    return called.failed.value_or(Rejection::backlog);
  }

  seal::NodeList list = cluster_list();
};

TEST_F(LinkChannel, ProvesListedNodesToEachOther) {
  auto caller = dial(super_peer, directory_a);
  auto called = accept(directory_a, list);
  talk(caller, called);
  ASSERT_TRUE(caller.proven && called.proven);
  EXPECT_EQ(caller.proven->node, directory_a.identity.id);
  EXPECT_EQ(called.proven->node, super_peer.identity.id);
  EXPECT_EQ(called.proven->role, Role::super_peer);
  EXPECT_EQ(called.proven->keys, super_peer.identity.keys);
  EXPECT_EQ(called.proven->wall, some_day);
}

TEST_F(LinkChannel, GivesBothSidesTheSameHashAndExportedKey) {
  auto caller = dial(phone, super_peer);
  auto called = accept(super_peer, list);
  talk(caller, called);
  ASSERT_TRUE(caller.proven && called.proven);
  EXPECT_EQ(caller.proven->handshake_hash, called.proven->handshake_hash);
  EXPECT_EQ(caller.proven->exported.bytes(), called.proven->exported.bytes());
}

TEST_F(LinkChannel, LetsAnUnknownClientIntroduceItself) {
  const LinkSelf stranger{identity_of(77), Role::client, ""};
  auto caller = dial(stranger, directory_a);
  auto called = accept(directory_a, list);
  talk(caller, called);
  ASSERT_TRUE(called.proven.has_value());
  EXPECT_EQ(called.proven->node, stranger.identity.id);
  EXPECT_EQ(called.proven->role, Role::client);
}

TEST_F(LinkChannel, RunsBetweenClientAndHomeInATunnel) {
  auto caller = dial(phone, home_pc, Purpose::tunnel);
  auto called = accept(home_pc, list, Purpose::tunnel, phone.identity.id);
  talk(caller, called);
  EXPECT_TRUE(caller.proven && called.proven);
}

TEST_F(LinkChannel, RefusesAnotherPeerThanTheExpectedOne) {
  const LinkSelf other{identity_of(78), Role::client, ""};
  auto caller = dial(other, home_pc, Purpose::tunnel);
  auto called = accept(home_pc, list, Purpose::tunnel, phone.identity.id);
  talk(caller, called);
  EXPECT_EQ(called.failed, Rejection::identity);
}

TEST_F(LinkChannel, CarriesFramesBothWays) {
  auto caller = dial(phone, super_peer);
  auto called = accept(super_peer, list);
  talk(caller, called);
  FrameHeader header;
  header.kind = FrameKind::request;
  header.budget_ms = 1234;
  header.correlation = 42;
  const Bytes longest(ChannelMachine::body_bytes_max, 7);
  caller.channel.send(header, longest, caller.out);
  called.channel.send(header, {}, called.out);
  talk(caller, called);
  ASSERT_EQ(called.frames.size(), 1U);
  EXPECT_EQ(called.frames[0].header, header);
  EXPECT_EQ(called.frames[0].body, longest);
  ASSERT_EQ(caller.frames.size(), 1U);
  EXPECT_TRUE(caller.frames[0].body.empty());
}

TEST_F(LinkChannel, DoesNotCareHowTheBytesAreCut) {
  auto caller = dial(phone, super_peer);
  auto called = accept(super_peer, list);
  while (!caller.out.empty() || !called.out.empty()) {
    for (const auto byte : caller.take_out()) {
      called.take(BytesView(&byte, 1));
    }
    for (const auto byte : called.take_out()) {
      caller.take(BytesView(&byte, 1));
    }
  }
  EXPECT_TRUE(caller.proven && called.proven);
}

TEST_F(LinkChannel, DoesNotBelieveAReplayedHello) {
  auto caller = dial(phone, super_peer);
  const auto hello = caller.out;
  auto called = accept(super_peer, list);
  talk(caller, called);
  ASSERT_TRUE(called.proven.has_value());

  auto again = accept(super_peer, list);
  again.take(hello);
  EXPECT_FALSE(again.out.empty()) << "a replay cannot be told from the real one yet";
  EXPECT_FALSE(again.proven.has_value());
}

TEST_F(LinkChannel, RefusesAReplayOfTheWholeCall) {
  auto caller = dial(phone, super_peer);
  auto called = accept(super_peer, list);
  Bytes said = caller.out;
  called.take(caller.take_out());
  caller.take(called.take_out());
  said.insert(said.end(), caller.out.begin(), caller.out.end());

  auto again = accept(super_peer, list);
  again.take(said);
  EXPECT_EQ(again.failed, Rejection::decryption);
  EXPECT_FALSE(again.proven.has_value());
}

TEST_F(LinkChannel, RefusesEveryFlippedBitOfTheHandshake) {
  for (std::size_t at = 0; at < prelude_bytes + 96; ++at) {
    auto caller = dial(phone, super_peer);
    auto called = accept(super_peer, list);
    caller.out[at] ^= 1;
    talk(caller, called);
    EXPECT_FALSE(called.proven.has_value()) << "byte " << at;
    EXPECT_FALSE(caller.proven.has_value()) << "byte " << at;
  }
}

TEST_F(LinkChannel, RefusesAFlippedBitOfAFrame) {
  auto caller = dial(phone, super_peer);
  auto called = accept(super_peer, list);
  talk(caller, called);
  caller.channel.send(FrameHeader{}, Bytes(10, 1), caller.out);
  caller.out.back() ^= 1;
  talk(caller, called);
  EXPECT_EQ(called.failed, Rejection::decryption);
}

TEST_F(LinkChannel, RefusesFramesOutOfOrderOrTwice) {
  auto caller = dial(phone, super_peer);
  auto called = accept(super_peer, list);
  talk(caller, called);
  caller.channel.send(FrameHeader{}, {}, caller.out);
  const auto frame = caller.take_out();
  called.take(frame);
  EXPECT_EQ(called.frames.size(), 1U);
  called.take(frame);
  EXPECT_EQ(called.failed, Rejection::decryption);
}

TEST_F(LinkChannel, RefusesAnotherProtocolAtItsFirstWrongByte) {
  for (const auto* begin : {"G", "\x16\x03", "HRTX"}) {
    auto called = accept(super_peer, list);
    const std::string_view text = begin;
    called.take(Bytes(text.begin(), text.end()));
    EXPECT_EQ(called.failed, Rejection::prelude) << begin;
  }
  auto called = accept(super_peer, list);
  for (const char byte : std::string_view("HRTH")) {
    called.take(Bytes{static_cast<std::uint8_t>(byte)});
    EXPECT_FALSE(called.failed.has_value());
  }
}

TEST_F(LinkChannel, SaysNothingMoreAfterAFailure) {
  auto called = accept(super_peer, list);
  called.take(Bytes(prelude_bytes, 0x5a));
  EXPECT_EQ(called.failed, Rejection::prelude);
  called.failed.reset();
  called.take(Bytes(1000, 0x5a));
  EXPECT_FALSE(called.failed.has_value());
  EXPECT_TRUE(called.out.empty());
}

TEST_F(LinkChannel, RefusesAnyLengthButThatOfAnIntroductionFromAStranger) {
  auto caller = dial(phone, super_peer);
  auto called = accept(super_peer, list);
  called.take(caller.take_out());
  called.take(Bytes{153, 0, 0, 0});
  EXPECT_EQ(called.failed, Rejection::oversized);
}

TEST_F(LinkChannel, RefusesLengthsOutOfBounds) {
  const std::vector<Bytes> lengths{{0xff, 0xff, 0xff, 0x7f},
                                   {0x00, 0x00, 0x00, 0x80},
                                   {0x11, 0xf0, 0x00, 0x00},
                                   {0x27, 0x00, 0x00, 0x00},
                                   {0x00, 0x00, 0x00, 0x00}};
  for (const auto& length : lengths) {
    auto caller = dial(phone, super_peer);
    auto called = accept(super_peer, list);
    talk(caller, called);
    called.take(length);
    EXPECT_EQ(called.failed, Rejection::oversized);
  }
}

TEST_F(LinkChannel, RefusesWhomTheListDoesNotKnow) {
  const LinkSelf stranger{identity_of(79), Role::super_peer, "eu"};
  EXPECT_EQ(refusal_of(stranger, directory_a, directory_a), Rejection::identity);
}

TEST_F(LinkChannel, RefusesAListedNameWithAnotherKey) {
  auto thief = super_peer;
  thief.identity.exchange_secret = secret_of(99);
  EXPECT_EQ(refusal_of(thief, directory_a, directory_a), Rejection::handshake);
}

TEST_F(LinkChannel, RefusesAListedNodeInAnotherRole) {
  auto liar = super_peer;
  liar.role = Role::directory;
  EXPECT_EQ(refusal_of(liar, directory_a, directory_a), Rejection::role);
}

TEST_F(LinkChannel, RefusesAListedNodeThatCallsItselfAClient) {
  auto liar = super_peer;
  liar.role = Role::client;
  EXPECT_EQ(refusal_of(liar, directory_a, directory_a), Rejection::identity);
}

TEST_F(LinkChannel, RefusesACallForAnotherRoleOrRegion) {
  auto as_super_peer = contact_of(directory_a);
  as_super_peer.role = Role::super_peer;
  Side wrong_role(ChannelMachine(phone, Purpose::control, as_super_peer), false);
  wrong_role.channel.open(wrong_role.out);
  auto called = accept(directory_a, list);
  talk(wrong_role, called);
  EXPECT_EQ(called.failed, Rejection::role);

  EXPECT_EQ(refusal_of(phone, directory_b, directory_a), Rejection::region);
}

TEST_F(LinkChannel, RefusesTunnelTalkOnAConnection) {
  EXPECT_EQ(refusal_of(phone, home_pc, super_peer, Purpose::tunnel), Rejection::prelude);
}

TEST_F(LinkChannel, LetsOnlyClientsCallAHome) {
  for (const auto& from : {home_pc, super_peer, directory_a}) {
    const LinkSelf other_home{identity_of(80), Role::home, ""};
    auto caller = dial(from, other_home, Purpose::tunnel);
    auto called = accept(other_home, list, Purpose::tunnel);
    talk(caller, called);
    EXPECT_EQ(called.failed, Rejection::role) << name_of(from.role);
  }
}

TEST_F(LinkChannel, RefusesAnotherVersion) {
  auto caller = dial(phone, super_peer);
  caller.out[4] = 2;
  auto called = accept(super_peer, list);
  talk(caller, called);
  EXPECT_EQ(called.failed, Rejection::version);
}

TEST_F(LinkChannel, RefusesToTalkToItself) {
  EXPECT_EQ(refusal_of(directory_a, directory_a, directory_a), Rejection::identity);
}

/// An initiator that finishes the handshake and then says what it likes.
struct Liar {
  Liar(const LinkSelf& from, const LinkSelf& to, Side& called) {
    Prelude prelude;
    prelude.pattern = Pattern::ik;
    prelude.initiator_role = from.role;
    prelude.responder_role = to.role;
    prelude.region = to.region;
    const auto clear = encode(prelude);
    seal::NoiseKeys keys;
    keys.own = from.identity.exchange_secret;
    keys.peer = to.identity.keys.exchange;
    keys.prologue.assign(clear.begin(), clear.end());
    auto noise = seal::NoiseHandshake::start("IK", true, std::move(keys));
    called.take(clear);
    called.take(noise.value().write({}).value());
    const auto answer = called.take_out();
    EXPECT_TRUE(noise.value().read(BytesView(answer).first(48)).ok());
    session = noise.value().finish();
  }
  void say(FrameKind kind, const Bytes& body, Side& called) {
    std::array<std::uint8_t, frame_header_bytes> head{};
    FrameHeader header;
    header.kind = kind;
    write_header(header, head.data());
    Bytes out;
    const auto length = head.size() + body.size() + 16;
    out = {static_cast<std::uint8_t>(length), static_cast<std::uint8_t>(length >> 8U), 0, 0};
    EXPECT_TRUE(session.send.seal(out, head, body).ok());
    called.take(out);
  }
  seal::NoiseSession session;
};

Introduction introduction_of(const LinkSelf& self) {
  Introduction introduction;
  introduction.version = limits::protocol_version;
  introduction.role = self.role;
  introduction.signing = self.identity.keys.signing;
  introduction.binding = seal::bind_keys(self.identity, self.role);
  return introduction;
}

TEST_F(LinkChannel, RefusesAForgedBinding) {
  auto called = accept(super_peer, list);
  Liar liar(phone, super_peer, called);
  auto introduction = introduction_of(phone);
  introduction.signing = home_pc.identity.keys.signing;  // somebody else's name
  liar.say(FrameKind::introduction, encode_introduction(introduction), called);
  EXPECT_EQ(called.failed, Rejection::introduction);
}

TEST_F(LinkChannel, RefusesABindingOfAnotherRole) {
  auto called = accept(super_peer, list);
  Liar liar(phone, super_peer, called);
  auto as_home = phone;
  as_home.role = Role::home;
  auto introduction = introduction_of(as_home);
  introduction.role = Role::client;
  liar.say(FrameKind::introduction, encode_introduction(introduction), called);
  EXPECT_EQ(called.failed, Rejection::introduction);
}

TEST_F(LinkChannel, RefusesAnIntroductionInAnotherRoleThanThePrelude) {
  auto called = accept(super_peer, list);
  Liar liar(phone, super_peer, called);
  auto as_home = phone;
  as_home.role = Role::home;
  liar.say(FrameKind::introduction, encode_introduction(introduction_of(as_home)), called);
  EXPECT_EQ(called.failed, Rejection::role);
}

TEST_F(LinkChannel, RefusesAnyOtherFirstFrame) {
  auto called = accept(super_peer, list);
  Liar liar(phone, super_peer, called);
  liar.say(FrameKind::request, Bytes(introduction_bytes, 0), called);
  EXPECT_EQ(called.failed, Rejection::introduction);
}

TEST_F(LinkChannel, RefusesASecondIntroduction) {
  auto called = accept(super_peer, list);
  Liar liar(phone, super_peer, called);
  liar.say(FrameKind::introduction, encode_introduction(introduction_of(phone)), called);
  ASSERT_TRUE(called.proven.has_value());
  liar.say(FrameKind::introduction, encode_introduction(introduction_of(phone)), called);
  EXPECT_EQ(called.failed, Rejection::malformed);
}

TEST(LinkPrelude, IsReadAsItWasWritten) {
  const Prelude prelude{Pattern::kk,      Role::super_peer,   Role::directory,
                        Purpose::control, "region-of-16-byt", super_peer.identity.id};
  const auto read = decode_prelude(encode(prelude));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value(), prelude);
}

TEST(LinkPrelude, RefusesReservedBytesAndUnknownNumbers) {
  const Prelude prelude{Pattern::ik, Role::client, Role::directory, Purpose::control, "eu", {}};
  for (const std::size_t at : {0U, 6U, 7U, 8U, 9U, 10U, 15U, 20U, 31U, 32U, 64U, 79U}) {
    auto bytes = encode(prelude);
    bytes[at] ^= 0x80;
    const auto read = decode_prelude(bytes);
    ASSERT_FALSE(read.ok()) << "byte " << at;
    EXPECT_EQ(read.error().code, ErrorCode::message_malformed) << "byte " << at;
  }
}

}  // namespace
}  // namespace hearth::link
