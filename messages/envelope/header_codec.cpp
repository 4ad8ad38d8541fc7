#include "messages/envelope/header.hpp"
#include "messages/envelope/wire_codec.hpp"

namespace hearth {

namespace {

Result<void> expect_version(wire::Envelope::Reader from) {
  if (from.getVersion() != limits::protocol_version) {
    return Error{ErrorCode::version_unsupported,
                 "protocol version " + std::to_string(from.getVersion())};
  }
  return {};
}

MessageKind read_kind(wire::Envelope::Reader from, FieldReader& in) {
  const auto kind = static_cast<MessageKind>(from.getKind());
  if (kind == MessageKind::none || name_of(kind).empty()) {
    in.refuse("kind", "is not a known value");
  }
  return kind;
}

Header read_header(wire::Envelope::Reader from, FieldReader& in) {
  return {
      .kind = read_kind(from, in),
      .from = {in.id<NodeId>(from.getFromNode(), "from.node"),
               in.actor_name(from.getFromActor(), "from.actor")},
      .to = {in.id<NodeId>(from.getToNode(), "to.node"),
             in.actor_name(from.getToActor(), "to.actor")},
      .request = {in.id_or_zero<SessionId>(from.getRequestSession(), "request.session"),
                  from.getRequestCounter()},
      .trace = in.id_or_zero<TraceId>(from.getTraceId(), "trace"),
  };
}

}  // namespace

wire::Envelope::Builder WireBuilder::envelope(const Header& header, MessageKind kind) {
  auto to = root<wire::Envelope>();
  to.setVersion(limits::protocol_version);
  to.setKind(static_cast<std::uint16_t>(kind));
  to.setFromNode(data_of(header.from.node));
  to.setFromActor(text_of(header.from.actor));
  to.setToNode(data_of(header.to.node));
  to.setToActor(text_of(header.to.actor));
  if (!header.request.session.is_zero()) {
    to.setRequestSession(data_of(header.request.session));
  }
  to.setRequestCounter(header.request.counter);
  if (!header.trace.is_zero()) {
    to.setTraceId(data_of(header.trace));
  }
  return to;
}

Result<void> expect_kind(wire::Envelope::Reader from, MessageKind kind) {
  if (auto version = expect_version(from); !version) {
    return version;
  }
  if (from.getKind() != static_cast<std::uint16_t>(kind)) {
    return Error{ErrorCode::message_malformed, "message is not " + std::string(name_of(kind))};
  }
  if (from.getBody().isNull()) {
    return Error{ErrorCode::message_malformed, "body is absent"};
  }
  return {};
}

Result<Header> header_of(const Envelope& envelope) {
  try {
    WireReader reader(envelope.bytes());
    const auto root = reader.root<wire::Envelope>();
    if (const auto version = expect_version(root); !version) {
      return version.error();
    }
    FieldReader in;
    auto header = read_header(root, in);
    if (!in.ok()) {
      return in.error();
    }
    return header;
  } catch (const kj::Exception& exception) {
    return malformed(exception);
  }
}

template <>
struct Codec<Accepted> {
  using Wire = wire::Accepted;
  static void write(Wire::Builder, const Accepted&) {}
  static Accepted read(Wire::Reader, FieldReader&) { return {}; }
};

HEARTH_MESSAGE_CODEC(Accepted);

}  // namespace hearth
