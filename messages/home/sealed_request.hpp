#pragma once
// The request of a stream as the super-peer carries it: it sees which session and which stream
// number, and nothing else. Source: docs/formats/stream.md.
//
//   session name 16 | stream number 8, little-endian | secretstream header 24 |
//   length 4, little-endian | ciphertext of a StreamRequest

#include "messages/base/result.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/seal/stream_keys.hpp"

#include <cstdint>

namespace hearth::home {

/// First 16 bytes of the handshake hash of the client's session with the home. Public.
using SessionName = FixedBytes<struct SessionNameTag, 16>;

[[nodiscard]] SessionName name_of_session(const seal::HandshakeHash& session);

struct SealedRequest {
  Bytes bytes;
  seal::StreamSealer grants;  ///< Goes on with grants of credit.
};
[[nodiscard]] SealedRequest seal_request(const seal::StreamContext& context,
                                         const StreamRequest& request);

/// What can be read without the key. Errors: `message_malformed`.
struct RequestEnvelope {
  SessionName session;
  std::uint64_t number = 0;
};
[[nodiscard]] Result<RequestEnvelope> peek_request(BytesView sealed);

struct OpenedRequest {
  StreamRequest request;
  seal::StreamOpener grants;
};
/// Errors: `message_malformed`, `decryption_failed`.
[[nodiscard]] Result<OpenedRequest> open_request(const seal::StreamContext& context,
                                                 BytesView sealed);

}  // namespace hearth::home
