// What any peer with a session may send as an envelope: the header and every kind of body.

#include "messages/base/check.hpp"
#include "messages/envelope/codec.hpp"
#include "tests/support/message_types.hpp"

namespace {

using namespace hearth;

template <class Message>
void read_body(const Envelope& envelope, const Header& header) {
  const auto message = unpack<Message>(envelope);
  if (!message) {
    HEARTH_CHECK(message.error().code == ErrorCode::message_malformed);
    return;
  }
  HEARTH_CHECK(Message::kind == header.kind);
  const auto packed = pack(header, message.value());
  HEARTH_CHECK(header_of(packed).value() == header);
  HEARTH_CHECK(unpack<Message>(packed).value() == message.value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto envelope = Envelope::from_bytes({data, size});
  if (!envelope) {
    return 0;
  }
  const auto header = header_of(envelope.value());
  if (!header) {
    return 0;
  }
  test::for_each(test::Messages{}, [&](auto type) {
    read_body<typename decltype(type)::type>(envelope.value(), header.value());
  });
  return 0;
}
