#pragma once
// The border between plain structs and Cap'n Proto. Every message struct has a
// `static constexpr MessageKind kind` and a codec in its folder; readers and builders stop there.

#include "messages/envelope/header.hpp"

namespace hearth {

/// Makes an envelope of `header` and `message`; `header.kind` is set to `Message::kind`. An empty
/// envelope if that is more than `limits::envelope_bytes_max`; senders of lists bound them first.
/// Precondition: fields are within the limits that their struct documents, else the receiver
/// refuses the message.
template <class Message>
[[nodiscard]] Envelope pack(const Header& header, const Message& message);

/// Reads the body of `envelope`. Form and bounds are checked; what a value may be beyond that (a
/// name that is empty, a limit of 0) is for the receiving machine to refuse.
///
/// Errors: `message_malformed` when the kind differs or a field is out of bounds (the detail
/// names it), `version_unsupported`.
template <class Message>
[[nodiscard]] Result<Message> unpack(const Envelope& envelope);

/// A struct alone, without a header: log records and the bodies of data connections. The flat
/// message begins with a root that knows no kind, so the reader must know what it reads.
template <class Message>
[[nodiscard]] Bytes encode(const Message& message);

/// Reads at most `limits::record_bytes_max`, or `Message::encoded_bytes_max` where there is one.
/// Errors: `message_malformed`.
template <class Message>
[[nodiscard]] Result<Message> decode(BytesView bytes);

/// The empty answer to a command that has nothing to tell.
struct Accepted {
  static constexpr MessageKind kind = MessageKind::accepted;
  friend bool operator==(const Accepted&, const Accepted&) = default;
};

}  // namespace hearth
