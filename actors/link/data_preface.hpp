#pragma once
// How a data connection begins, before its bytes are raw: both sides, bytes in, bytes out.
//
//   initiator -> responder   "HDAT" | version u16 | role u8 | reserved u8 | key name 16
//   initiator -> responder   Noise NNpsk0 message 1, 48 bytes; prologue = the 24 bytes above
//   responder -> initiator   Noise NNpsk0 message 2, 48 bytes
//   initiator -> responder   u32 length | ciphertext of OpenStream (client) or AcceptStream (home)
//   responder -> client      u32 length | ciphertext of a u16 ErrorCode; 0: paired
//
// Numbers are little-endian. What follows belongs to the stream: never read more than `wants()`.
// A client sends nothing between its frame and the answer to it.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/noise.hpp"
#include "messages/seal/stream_keys.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <variant>

namespace hearth::link {

inline constexpr std::size_t data_prelude_bytes = 24;
inline constexpr std::size_t data_handshake_bytes = 48;
inline constexpr std::size_t data_frame_bytes_max = 8U << 10U;  ///< Ciphertext, without length.

using DataKeyName = decltype(seal::DataKey::name);

/// The side that connects: a client that opens a stream, or a home that was ordered to. One use.
class DataInitiator {
 public:
  DataInitiator(const seal::DataKey& key, const relay::OpenStream& open);
  DataInitiator(const seal::DataKey& key, const relay::AcceptStream& accept);

  /// Prelude and first handshake message: send them once, first.
  [[nodiscard]] const Bytes& first_flight() const { return first_flight_; }

  /// How many bytes may be read from the connection now; 0 when the preface is over.
  [[nodiscard]] std::size_t wants() const { return wants_ - gathered_.size(); }
  [[nodiscard]] bool done() const { return wants_ == 0; }

  /// Takes 1 to `wants()` bytes and returns what to send now, perhaps nothing. A home is done once
  /// its frame is sent, a client when it is told that the home is there.
  ///
  /// Errors: `handshake_failed`, `decryption_failed`, `message_malformed`: close the connection.
  /// A client also gets the super-peer's refusal, any code.
  [[nodiscard]] Result<Bytes> feed(BytesView bytes);

 private:
  DataInitiator(const seal::DataKey& key, Role role, Bytes frame);
  Result<Bytes> take_answer();
  Result<Bytes> take_status();

  Role role_;
  Bytes frame_;  ///< Plaintext of what is asked.
  Bytes first_flight_;
  Bytes gathered_;
  std::size_t wants_ = data_handshake_bytes;
  std::optional<seal::NoiseHandshake> handshake_;
  seal::CipherState receive_;
};

/// The super-peer's side. Holds a fixed handful of bytes until the other side has proven a key,
/// then at most one frame. One use.
class DataResponder {
 public:
  using Order = std::variant<relay::OpenStream, relay::AcceptStream>;
  /// The key of that name if it is a peer's of that role, else nothing. Valid during the call.
  using FindKey = std::function<const seal::DataKey*(Role role, const DataKeyName& name)>;

  /// How many bytes may be read from the connection now; 0 when the order is complete.
  [[nodiscard]] std::size_t wants() const { return wants_ - gathered_.size(); }

  /// Takes 1 to `wants()` bytes and returns what to send now, perhaps nothing.
  ///
  /// Errors: `message_malformed`, `version_unsupported`, `identity_unknown` (no such key),
  /// `handshake_failed`, `frame_oversized`, `decryption_failed`: close without an answer.
  [[nodiscard]] Result<Bytes> feed(BytesView bytes, const FindKey& find);

  /// The initiator holds the key `name()`; but its first message may be a replay until there is
  /// an order.
  [[nodiscard]] bool proven() const { return stage_ >= Stage::length; }
  [[nodiscard]] const DataKeyName& name() const { return name_; }

  /// What was asked, once complete: `OpenStream` of a client, `AcceptStream` of a home.
  [[nodiscard]] const std::optional<Order>& order() const { return order_; }

  /// The frame that answers a client. Precondition: `order()` is an `OpenStream`. Call once.
  [[nodiscard]] Bytes status(ErrorCode code);

 private:
  enum class Stage : std::uint8_t { prelude, handshake, length, frame, done };

  Result<Bytes> take_prelude(const FindKey& find);
  Result<Bytes> take_handshake();
  Result<Bytes> take_length();
  Result<Bytes> take_frame();
  void expect(Stage stage, std::size_t bytes);

  Stage stage_ = Stage::prelude;
  Role role_ = Role::none;
  DataKeyName name_;
  Bytes gathered_;
  std::size_t wants_ = data_prelude_bytes;
  std::optional<seal::NoiseHandshake> handshake_;
  seal::CipherState receive_;
  seal::CipherState send_;
  std::optional<Order> order_;
};

}  // namespace hearth::link
