#include "messages/envelope/wire_codec.hpp"

#include <gtest/gtest.h>

namespace hearth {
namespace {

/// Envelopes in envelopes, the only thing of ours that could nest without end.
Bytes nested(int depth) {
  capnp::MallocMessageBuilder message;
  auto inner = message.initRoot<wire::Envelope>();
  for (int i = 1; i < depth; ++i) {
    inner = inner.getBody().initAs<wire::Envelope>();
  }
  const auto words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  return {bytes.begin(), bytes.end()};
}

/// How deep `bytes` can be read before reading is refused.
int depth_read(const Bytes& bytes) {
  const auto words = aligned(bytes, bytes.size());
  const auto flat = words.value().asBytes();
  int depth = 0;
  try {
    WireReader reader({flat.begin(), flat.size()});
    for (auto at = reader.root<wire::Envelope>();; at = at.getBody().getAs<wire::Envelope>()) {
      ++depth;
      if (at.getBody().isNull()) {
        break;
      }
    }
  } catch (const kj::Exception&) {
    return -depth;
  }
  return depth;
}

TEST(WireReader, RefusesMessagesThatAreNestedTooDeeply) {
  EXPECT_EQ(depth_read(nested(limits::nesting_max)), limits::nesting_max);
  EXPECT_EQ(depth_read(nested(limits::nesting_max + 1)), -limits::nesting_max);
  EXPECT_EQ(depth_read(nested(10'000)), -limits::nesting_max);
}

TEST(FieldReader, KeepsTheFirstThingThatIsWrong) {
  FieldReader in;
  EXPECT_TRUE(in.ok());
  in.refuse("name", "is too long");
  in.refuse("kind", "is not a known value");
  ASSERT_FALSE(in.ok());
  EXPECT_EQ(in.error(), (Error{ErrorCode::message_malformed, "name is too long"}));
}

TEST(WireBuilder, MakesTheSameBytesForEnvelopesAndRecords) {
  WireBuilder builder;
  builder.envelope({}, MessageKind::accepted).getBody().initAs<wire::Accepted>();
  const auto envelope = builder.to_envelope();
  EXPECT_EQ(builder.to_bytes(), Bytes(envelope.bytes().begin(), envelope.bytes().end()));
}

}  // namespace
}  // namespace hearth
