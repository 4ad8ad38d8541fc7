#include "actors/link/channel_machine.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hearth::link {

namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t tag_bytes = seal::CipherState::tag_bytes;
constexpr std::size_t kk_hello_bytes = 48;  // e, es, ss, empty payload
constexpr std::size_t ik_hello_bytes = 96;  // e, es, s, ss, empty payload
constexpr std::size_t answer_bytes = 48;    // e, ee, se, empty payload
constexpr std::size_t introduction_frame_bytes =
    frame_header_bytes + introduction_bytes + tag_bytes;

std::string_view noise_name(Pattern pattern) {
  return pattern == Pattern::kk ? "KK" : "IK";
}

void append(Bytes& out, BytesView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_sealed(seal::CipherState& cipher, BytesView head, BytesView body, Bytes& out) {
  const auto length = head.size() + body.size() + tag_bytes;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    out.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
  }
  // Fails only when 2^64 frames are sent.
  HEARTH_CHECK(cipher.seal(out, head, body).ok());
}

}  // namespace

ChannelMachine::ChannelMachine(const LinkSelf& self, Purpose purpose, Contact peer)
    : self_(&self),
      purpose_(purpose),
      stage_(Stage::answer),
      need_(answer_bytes),
      contact_(std::move(peer)),
      peer_role_(contact_->role) {}

ChannelMachine::ChannelMachine(const LinkSelf& self, Purpose purpose, const seal::NodeList& nodes,
                               std::optional<NodeId> expected)
    : self_(&self),
      nodes_(&nodes),
      purpose_(purpose),
      stage_(Stage::prelude),
      need_(prelude_bytes),
      expected_(expected) {}

void ChannelMachine::open(Bytes& out) {
  HEARTH_CHECK(stage_ == Stage::answer && !handshake_);
  Prelude prelude;
  const bool both_listed = is_listed(self_->role) && is_listed(contact_->role);
  prelude.pattern = both_listed ? Pattern::kk : Pattern::ik;
  prelude.initiator_role = self_->role;
  prelude.responder_role = contact_->role;
  prelude.purpose = purpose_;
  prelude.region = contact_->region;
  if (both_listed) {
    prelude.initiator = self_->identity.id;
  }
  if (!start(prelude, true, contact_->keys.exchange)) {
    stage_ = Stage::failed;
    return;
  }
  const auto hello = handshake_->write({});
  if (!hello) {  // a peer key that is no point of the curve
    stage_ = Stage::failed;
    return;
  }
  append(out, encode(prelude));
  append(out, hello.value());
}

void ChannelMachine::feed(BytesView bytes) {
  inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ = 0;
  if (stage_ != Stage::failed) {
    append(inbox_, bytes);
  }
}

std::optional<ChannelEvent> ChannelMachine::next(WallTime wall, Bytes& out) {
  if (stage_ == Stage::prelude && !may_begin_prelude(BytesView(inbox_).subspan(used_))) {
    return fail(Rejection::prelude);
  }
  while (stage_ != Stage::failed && inbox_.size() - used_ >= need_) {
    const auto unit = std::span(inbox_).subspan(used_, need_);
    used_ += need_;
    if (auto event = on_unit(unit, wall, out)) {
      return event;
    }
  }
  return std::nullopt;
}

void ChannelMachine::send(const FrameHeader& header, BytesView body, Bytes& out) {
  HEARTH_CHECK(proven_ && body.size() <= body_bytes_max);
  std::array<std::uint8_t, frame_header_bytes> head{};
  write_header(header, head.data());
  append_sealed(session_.send, head, body, out);
}

std::optional<ChannelEvent> ChannelMachine::on_unit(std::span<std::uint8_t> unit, WallTime wall,
                                                    Bytes& out) {
  switch (stage_) {
    case Stage::prelude: return on_prelude(unit);
    case Stage::hello: return on_hello(unit, out);
    case Stage::answer: return on_answer(unit, wall, out);
    case Stage::length: return on_length(unit);
    case Stage::body: return on_body(unit);
    case Stage::failed: break;
  }
  return std::nullopt;
}

std::optional<ChannelEvent> ChannelMachine::on_prelude(BytesView unit) {
  const auto prelude = decode_prelude(unit);
  if (!prelude) {
    return fail(prelude.error().code == ErrorCode::version_unsupported ? Rejection::version
                                                                       : Rejection::prelude);
  }
  if (const auto refusal = refusal_of(prelude.value())) {
    return fail(*refusal);
  }
  peer_role_ = prelude.value().initiator_role;
  if (prelude.value().pattern == Pattern::ik) {
    expect(Stage::hello, ik_hello_bytes);
    return start(prelude.value(), false, std::nullopt) ? std::nullopt
                                                       : std::optional(fail(Rejection::handshake));
  }
  const auto* listed = nodes_->find(prelude.value().initiator);
  if (listed == nullptr) {
    return fail(Rejection::identity);
  }
  if (listed->role != peer_role_) {
    return fail(Rejection::role);
  }
  contact_ = Contact{listed->keys, listed->role, listed->region};
  expect(Stage::hello, kk_hello_bytes);
  return start(prelude.value(), false, listed->keys.exchange)
             ? std::nullopt
             : std::optional(fail(Rejection::handshake));
}

std::optional<Rejection> ChannelMachine::refusal_of(const Prelude& prelude) const {
  if (prelude.purpose != purpose_) {
    return Rejection::prelude;
  }
  if (prelude.responder_role != self_->role) {
    return Rejection::role;
  }
  if (prelude.region != self_->region) {
    return Rejection::region;
  }
  // Listed nodes prove the listed key (KK) on connections of their own. Homes and clients call
  // nodes; only clients call homes, and only through a tunnel.
  const auto from = prelude.initiator_role;
  const bool right_role = prelude.purpose == Purpose::tunnel
                              ? from == Role::client && self_->role == Role::home
                              : is_listed(self_->role);
  const bool right_pattern = is_listed(from) == (prelude.pattern == Pattern::kk);
  return right_role && right_pattern ? std::nullopt : std::optional(Rejection::role);
}

bool ChannelMachine::start(const Prelude& prelude, bool initiator,
                           std::optional<ExchangeKey> peer_key) {
  seal::NoiseKeys keys;
  keys.own = self_->identity.exchange_secret;
  keys.peer = peer_key;
  const auto prologue = encode(prelude);
  keys.prologue.assign(prologue.begin(), prologue.end());
  auto handshake =
      seal::NoiseHandshake::start(noise_name(prelude.pattern), initiator, std::move(keys));
  if (!handshake) {
    return false;
  }
  handshake_.emplace(std::move(handshake.value()));
  return true;
}

std::optional<ChannelEvent> ChannelMachine::on_hello(BytesView unit, Bytes& out) {
  if (!handshake_->read(unit)) {
    return fail(Rejection::handshake);
  }
  const auto answer = handshake_->write({});
  if (!answer || !handshake_->done()) {
    return fail(Rejection::handshake);
  }
  append(out, answer.value());
  finish_handshake();
  return std::nullopt;
}

std::optional<ChannelEvent> ChannelMachine::on_answer(BytesView unit, WallTime wall, Bytes& out) {
  if (!handshake_ || !handshake_->read(unit) || !handshake_->done()) {
    return fail(Rejection::handshake);
  }
  finish_handshake();
  introduce(wall, out);
  return std::nullopt;
}

void ChannelMachine::finish_handshake() {
  session_ = handshake_->finish();
  handshake_.reset();
  expect(Stage::length, length_bytes);
}

void ChannelMachine::introduce(WallTime wall, Bytes& out) {
  Introduction introduction;
  introduction.version = limits::protocol_version;
  introduction.role = self_->role;
  introduction.signing = self_->identity.keys.signing;
  introduction.binding = seal::bind_keys(self_->identity, self_->role);
  introduction.wall_ms = wall.time_since_epoch().count();
  FrameHeader header;
  header.kind = FrameKind::introduction;
  std::array<std::uint8_t, frame_header_bytes> head{};
  write_header(header, head.data());
  append_sealed(session_.send, head, encode_introduction(introduction), out);
}

std::optional<ChannelEvent> ChannelMachine::on_length(BytesView unit) {
  std::size_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) {
    length = (length << 8U) | unit[i];
  }
  // Nothing but an introduction may come first, so that is all a stranger can make us keep.
  const auto least = proven_ ? frame_header_bytes + tag_bytes : introduction_frame_bytes;
  const auto most = proven_ ? limits::frame_bytes_max + tag_bytes : introduction_frame_bytes;
  if (length < least || length > most) {
    return fail(Rejection::oversized);
  }
  expect(Stage::body, length);
  return std::nullopt;
}

std::optional<ChannelEvent> ChannelMachine::on_body(std::span<std::uint8_t> unit) {
  const auto plain = session_.receive.open(unit);
  if (!plain) {
    return fail(Rejection::decryption);
  }
  expect(Stage::length, length_bytes);
  const auto header = read_header(plain.value());
  if (!header) {
    return fail(Rejection::malformed);
  }
  const auto body = BytesView(plain.value()).subspan(frame_header_bytes);
  if (!proven_) {
    return on_introduction(header.value(), body);
  }
  if (header.value().kind == FrameKind::introduction) {
    return fail(Rejection::malformed);
  }
  return FrameReceived{header.value(), body};
}

ChannelEvent ChannelMachine::on_introduction(const FrameHeader& header, BytesView body) {
  if (header.kind != FrameKind::introduction) {
    return fail(Rejection::introduction);
  }
  const auto introduction = decode_introduction(body);
  if (!introduction) {
    return fail(introduction.error().code == ErrorCode::version_unsupported
                    ? Rejection::version
                    : Rejection::introduction);
  }
  const auto& said = introduction.value();
  PublicKeys keys;
  keys.signing = said.signing;
  keys.exchange = contact_ ? contact_->keys.exchange : session_.peer.value_or(ExchangeKey{});
  if (said.role != peer_role_) {
    return fail(Rejection::role);
  }
  if (!seal::verify_binding(keys, said.role, said.binding)) {
    return fail(Rejection::introduction);
  }
  const auto node = seal::node_id_of(keys.signing);
  if (!is_expected(keys, node)) {
    return fail(Rejection::identity);
  }
  proven_ = true;
  return PeerProven{node,          said.role,         keys,
                    session_.hash, session_.exported, WallTime(Millis(said.wall_ms))};
}

bool ChannelMachine::is_expected(const PublicKeys& keys, const NodeId& node) const {
  if (node == self_->identity.id || (expected_ && node != *expected_)) {
    return false;
  }
  if (contact_) {
    return keys == contact_->keys;
  }
  // Somebody who is not in the list's roles must not carry a listed node's name.
  return nodes_->find(node) == nullptr;
}

void ChannelMachine::expect(Stage stage, std::size_t bytes) {
  stage_ = stage;
  need_ = bytes;
}

ChannelEvent ChannelMachine::fail(Rejection reason) {
  stage_ = Stage::failed;
  return ChannelFailed{reason};
}

}  // namespace hearth::link
