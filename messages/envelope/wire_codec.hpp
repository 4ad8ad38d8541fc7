#pragma once
// The bodies of envelope/codec.hpp's templates. A domain's codec file specialises `Codec` for its
// structs and then instantiates: HEARTH_MESSAGE_CODEC for what travels in envelopes (and alone),
// HEARTH_RECORD_CODEC for what is only ever encoded alone.

#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/envelope/field_reader.hpp"
#include "messages/envelope/field_writer.hpp"
#include "messages/schema/envelope.capnp.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

namespace hearth {

/// The message under construction. Small ones need no allocation but their final buffer.
class WireBuilder {
 public:
  template <class Root>
  typename Root::Builder root() {
    return message_.initRoot<Root>();
  }
  /// Root and header of an envelope of `kind`; its body is still to be written.
  wire::Envelope::Builder envelope(const Header& header, MessageKind kind);

  /// Empty where the message is larger than `limits::envelope_bytes_max`.
  [[nodiscard]] Envelope to_envelope();
  [[nodiscard]] Bytes to_bytes();

 private:
  capnp::word scratch_[256] = {};
  capnp::MallocMessageBuilder message_{kj::arrayPtr(scratch_, 256)};
};

/// A hostile message may count the same bytes again and again by overlapping pointers, nest
/// without end or name thousands of segments: what is read of it never exceeds its own size.
/// Throws kj::Exception, as reading does.
class WireReader {
 public:
  /// `bytes` must be 8-aligned and outlive the reader; they are not copied.
  explicit WireReader(BytesView bytes);

  template <class Root>
  typename Root::Reader root() {
    return message_.getRoot<Root>();
  }

 private:
  capnp::FlatArrayMessageReader message_;
};

[[nodiscard]] Error malformed(const kj::Exception& exception);

/// Refuses what is not an envelope of `kind` in our protocol version.
[[nodiscard]] Result<void> expect_kind(wire::Envelope::Reader from, MessageKind kind);

/// `bytes` copied to where words may stand. Errors: `message_malformed` for a size that is not
/// whole words or larger than `bytes_max`.
[[nodiscard]] Result<kj::Array<capnp::word>> aligned(BytesView bytes, std::size_t bytes_max);

template <class T>
Result<T> read_wire(typename Codec<T>::Wire::Reader from) {
  FieldReader in;
  auto value = Codec<T>::read(from, in);
  if (!in.ok()) {
    return in.error();
  }
  return value;
}

template <class T>
constexpr std::size_t encoded_bytes_max() {
  if constexpr (requires { T::encoded_bytes_max; }) {
    return T::encoded_bytes_max;
  } else {
    return limits::record_bytes_max;
  }
}

template <class Message>
Envelope pack(const Header& header, const Message& message) {
  WireBuilder builder;
  auto envelope = builder.envelope(header, Message::kind);
  Codec<Message>::write(envelope.getBody().template initAs<typename Codec<Message>::Wire>(),
                        message);
  return builder.to_envelope();
}

template <class Message>
Result<Message> unpack(const Envelope& envelope) {
  try {
    WireReader reader(envelope.bytes());
    const auto root = reader.root<wire::Envelope>();
    if (const auto expected = expect_kind(root, Message::kind); !expected) {
      return expected.error();
    }
    return read_wire<Message>(root.getBody().template getAs<typename Codec<Message>::Wire>());
  } catch (const kj::Exception& exception) {
    return malformed(exception);
  }
}

template <class Message>
Bytes encode(const Message& message) {
  WireBuilder builder;
  Codec<Message>::write(builder.root<typename Codec<Message>::Wire>(), message);
  return builder.to_bytes();
}

template <class Message>
Result<Message> decode(BytesView bytes) {
  const auto words = aligned(bytes, encoded_bytes_max<Message>());
  if (!words) {
    return words.error();
  }
  try {
    const auto flat = words.value().asBytes();
    WireReader reader({flat.begin(), flat.size()});
    return read_wire<Message>(reader.root<typename Codec<Message>::Wire>());
  } catch (const kj::Exception& exception) {
    return malformed(exception);
  }
}

}  // namespace hearth

// At namespace hearth.
#define HEARTH_RECORD_CODEC(Record)     \
  template Bytes encode(const Record&); \
  template Result<Record> decode(BytesView)

#define HEARTH_MESSAGE_CODEC(Message)                    \
  template Envelope pack(const Header&, const Message&); \
  template Result<Message> unpack(const Envelope&);      \
  HEARTH_RECORD_CODEC(Message)
