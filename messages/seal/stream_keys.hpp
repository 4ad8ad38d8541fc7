#pragma once
// Media end to end: the keys of one stream and the frames sealed with them. A super-peer carries
// these bytes and cannot open them. Source: docs/formats/stream.md; libsodium secretstream.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/noise.hpp"

#include <sodium/crypto_secretstream_xchacha20poly1305.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace hearth::seal {

/// What both ends know of a stream before its first byte.
struct StreamContext {
  SecretKey master;          ///< `NoiseSession::exported` of the client's session with the home.
  HandshakeHash session{};   ///< `NoiseSession::hash` of the same.
  std::uint64_t number = 0;  ///< 1, 2, 3 ...: a seek, resume or retry is a new one.
};

/// Key of the client's direction: crypto_kdf id 2n, context "hrthstrm".
[[nodiscard]] SecretKey request_key(const SecretKey& master, std::uint64_t number);
/// Key of the home's direction: id 2n + 1.
[[nodiscard]] SecretKey media_key(const SecretKey& master, std::uint64_t number);

/// Key and name of a node's data connections, from its control session with the super-peer:
/// crypto_kdf ids 1 and 2, context "hrthdata".
struct DataKey {
  SecretKey psk;
  FixedBytes<struct DataKeyNameTag, 16> name;
};
[[nodiscard]] DataKey data_key(const SecretKey& exported);

/// Associated data of every frame of one direction: handshake hash, stream number, item version,
/// start offset. Version and offset are zero in the client's direction.
[[nodiscard]] Bytes stream_associated_data(const StreamContext& context, const ItemVersion& version,
                                           std::uint64_t offset);

inline constexpr std::size_t stream_header_bytes = 24;
inline constexpr std::size_t stream_tag_bytes = 17;

/// Seals one direction. Frames must arrive complete and in order; the last is marked.
/// Moves only: of two copies two frames would share a nonce. One moved from is over.
class StreamSealer {
 public:
  explicit StreamSealer(const SecretKey& key);
  StreamSealer(StreamSealer&& other) noexcept;
  StreamSealer& operator=(StreamSealer&& other) noexcept;
  ~StreamSealer();

  /// Sent before the first frame.
  [[nodiscard]] BytesView header() const { return header_; }
  /// Appends length (4 bytes, little-endian, of the ciphertext) and ciphertext of `plain`, which
  /// must not point into `out`. Precondition: no final frame was sealed before.
  void seal(Bytes& out, BytesView plain, BytesView associated_data, bool final);

 private:
  crypto_secretstream_xchacha20poly1305_state state_{};
  std::array<std::uint8_t, stream_header_bytes> header_{};
  bool over_ = false;
};

/// Opens one direction.
class StreamOpener {
 public:
  /// With a `header` of another length than 24 every frame fails.
  StreamOpener(const SecretKey& key, BytesView header);
  StreamOpener(StreamOpener&& other) noexcept;
  StreamOpener& operator=(StreamOpener&& other) noexcept;
  ~StreamOpener();

  struct Opened {
    Bytes plain;
    bool final = false;
  };
  /// `frame` without its length. Errors: `decryption_failed`, also for a frame after the final one.
  [[nodiscard]] Result<Opened> open(BytesView frame, BytesView associated_data);

  /// Whether the final frame has come. A stream that ends before was cut.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  crypto_secretstream_xchacha20poly1305_state state_{};
  bool complete_ = false;
  bool broken_ = false;  ///< A bad header or frame: nothing after it is believed.
};

}  // namespace hearth::seal
