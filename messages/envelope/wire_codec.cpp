#include "messages/envelope/wire_codec.hpp"

#include "messages/envelope/envelope_access.hpp"

#include <kj/io.h>

#include <bit>
#include <cstring>

namespace hearth {

static_assert(std::endian::native == std::endian::little, "words are read in place");

namespace {

/// Our builder doubles its segments, so that even the largest snapshot has fewer.
constexpr std::uint32_t segments_max = 64;

/// Cap'n Proto makes a table of as many segments as the message claims: look first.
kj::ArrayPtr<const capnp::word> checked(BytesView bytes) {
  std::uint32_t segments = 0;
  KJ_REQUIRE(bytes.size() >= sizeof(capnp::word), "message has no segment table");
  std::memcpy(&segments, bytes.data(), sizeof(segments));
  KJ_REQUIRE(segments < segments_max, "message has too many segments");
  return {reinterpret_cast<const capnp::word*>(bytes.data()), bytes.size() / sizeof(capnp::word)};
}

capnp::ReaderOptions options_for(std::size_t bytes) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = bytes / sizeof(capnp::word);
  options.nestingLimit = limits::nesting_max;
  return options;
}

}  // namespace

WireReader::WireReader(BytesView bytes) : message_(checked(bytes), options_for(bytes.size())) {
  const auto* end = reinterpret_cast<const std::uint8_t*>(message_.getEnd());
  KJ_REQUIRE(end == bytes.data() + bytes.size(), "message is not as long as its segments");
}

Envelope WireBuilder::to_envelope() {
  const auto bytes = capnp::computeSerializedSizeInWords(message_) * sizeof(capnp::word);
  if (bytes > limits::envelope_bytes_max) {
    return {};
  }
  auto envelope = EnvelopeAccess::allocate(bytes);
  const auto to = EnvelopeAccess::writable(envelope);
  kj::ArrayOutputStream out(kj::arrayPtr(to.data(), to.size()));
  capnp::writeMessage(out, message_);
  return envelope;
}

Bytes WireBuilder::to_bytes() {
  Bytes bytes(capnp::computeSerializedSizeInWords(message_) * sizeof(capnp::word));
  kj::ArrayOutputStream out(kj::arrayPtr(bytes.data(), bytes.size()));
  capnp::writeMessage(out, message_);
  return bytes;
}

Error malformed(const kj::Exception& exception) {
  return Error{ErrorCode::message_malformed, exception.getDescription().cStr()};
}

Result<kj::Array<capnp::word>> aligned(BytesView bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) {
    return Error{ErrorCode::message_malformed, "message is too long"};
  }
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) {
    return Error{ErrorCode::message_malformed, "message is not whole words"};
  }
  auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  return words;
}

}  // namespace hearth
