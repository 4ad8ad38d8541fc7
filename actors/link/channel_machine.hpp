#pragma once
// One secure channel over one pipe of bytes: prelude, Noise handshake, introductions, frames.
// Pure: bytes in, bytes out. It does not matter what carries them.
//
// Handshake messages have fixed lengths and a frame's length is bounded before anything is
// allocated, so nothing at all is parsed before the peer has proven a key. A responder's channel
// counts as proven only after the initiator's introduction: a recorded hello can be replayed, but
// whoever does so cannot go on. The responder introduces itself last, when its owner keeps the
// channel, so that a proven initiator knows that it is welcome.

#include "actors/link/link_self.hpp"
#include "actors/link/prelude.hpp"
#include "actors/link/rejection.hpp"
#include "messages/base/limits.hpp"
#include "messages/link/frame.hpp"
#include "messages/seal/node_list.hpp"
#include "messages/seal/noise.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace hearth::link {

/// The peer has proven both its keys; frames follow.
struct PeerProven {
  NodeId node;
  Role role = Role::none;
  PublicKeys keys;
  seal::HandshakeHash handshake_hash{};
  seal::SecretKey exported;
  WallTime wall;  ///< What the peer's clock said.
};

struct FrameReceived {
  FrameHeader header;
  BytesView body;  ///< Valid until the next call of `feed`.
};

/// The channel is of no more use. Last event of all.
struct ChannelFailed {
  Rejection reason = Rejection::malformed;
};

using ChannelEvent = std::variant<PeerProven, FrameReceived, ChannelFailed>;

class ChannelMachine {
 public:
  /// Longest body of one frame.
  static constexpr std::size_t body_bytes_max = limits::frame_bytes_max - frame_header_bytes;

  /// Initiator. KK if both are nodes of the node list, else IK. `self` must outlive the channel.
  ChannelMachine(const LinkSelf& self, Purpose purpose, Contact peer);

  /// Responder. `self` and `nodes` must outlive the channel; `nodes` may change meanwhile.
  /// With `expected` set, any other peer is refused.
  ChannelMachine(const LinkSelf& self, Purpose purpose, const seal::NodeList& nodes,
                 std::optional<NodeId> expected);

  /// Appends the initiator's first bytes to `out`. Call once, before anything else.
  void open(Bytes& out);

  /// Takes over received bytes, however they are cut. At most one unit and the last `feed` are
  /// kept.
  void feed(BytesView bytes);

  /// Goes on with what was fed, to the next event or until more bytes are needed. Appends what is
  /// to be sent to `out`.
  [[nodiscard]] std::optional<ChannelEvent> next(WallTime wall, Bytes& out);

  /// Responder, after `PeerProven`: keeps the channel. Call once, before any `send`.
  void welcome(WallTime wall, Bytes& out) { introduce(wall, out); }

  /// Appends one sealed frame to `out`. Preconditions: `proven()`; `body` is at most
  /// `body_bytes_max`.
  void send(const FrameHeader& header, BytesView body, Bytes& out);

  [[nodiscard]] bool proven() const { return proven_; }

 private:
  enum class Stage : std::uint8_t { prelude, hello, answer, length, body, failed };

  [[nodiscard]] std::optional<ChannelEvent> on_unit(std::span<std::uint8_t> unit, WallTime wall,
                                                    Bytes& out);
  [[nodiscard]] std::optional<ChannelEvent> on_prelude(BytesView unit);
  [[nodiscard]] std::optional<ChannelEvent> on_hello(BytesView unit, Bytes& out);
  [[nodiscard]] std::optional<ChannelEvent> on_answer(BytesView unit, WallTime wall, Bytes& out);
  [[nodiscard]] std::optional<ChannelEvent> on_length(BytesView unit);
  [[nodiscard]] std::optional<ChannelEvent> on_body(std::span<std::uint8_t> unit);
  [[nodiscard]] std::optional<Rejection> refusal_of(const Prelude& prelude) const;
  [[nodiscard]] ChannelEvent on_introduction(const FrameHeader& header, BytesView body);
  [[nodiscard]] bool is_expected(const PublicKeys& keys, const NodeId& node) const;
  [[nodiscard]] bool start(const Prelude& prelude, bool initiator,
                           std::optional<ExchangeKey> peer_key);
  void finish_handshake();
  void introduce(WallTime wall, Bytes& out);
  void expect(Stage stage, std::size_t bytes);
  [[nodiscard]] ChannelEvent fail(Rejection reason);

  const LinkSelf* self_;
  const seal::NodeList* nodes_ = nullptr;  ///< Responder only.
  Purpose purpose_;
  Stage stage_;
  std::size_t need_;  ///< Bytes of the next unit.
  bool proven_ = false;
  std::optional<Contact> contact_;  ///< Initiator: whom we called; responder of KK: who called.
  std::optional<NodeId> expected_;
  Role peer_role_ = Role::none;  ///< As the prelude said.
  std::optional<seal::NoiseHandshake> handshake_;
  seal::NoiseSession session_;
  Bytes inbox_;
  std::size_t used_ = 0;  ///< Bytes of `inbox_` that are done with.
};

}  // namespace hearth::link
