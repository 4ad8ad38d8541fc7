// What a super-peer that is not honest sends to a client: nothing of it becomes media, and no more
// than a frame of it is held. The preface is over; what follows claims to be the home's.

#include "actors/client/stream_receiver_machine.hpp"
#include "messages/base/check.hpp"
#include "tests/support/sealed_stream.hpp"

#include <algorithm>

namespace {

using namespace hearth;

home::StreamRequest request() {
  home::StreamRequest request;
  request.credit = client::credit_min;
  request.end = 100;
  return request;
}

/// Machine whose super-peer has said: paired.
client::StreamReceiverMachine paired_machine() {
  auto plan = test::stream_plan(request(), 1);
  link::DataInitiator preface{plan.data_key,
                              relay::OpenStream{plan.home, plan.ticket, plan.sealed_request}};
  client::StreamReceiverMachine machine{std::move(plan), std::move(preface)};
  link::DataResponder responder;
  auto sent = machine.step(client::DataConnected{}, {}).send;
  while (!responder.order()) {
    const auto size = std::min(sent.size(), responder.wants());
    const auto answer = responder.feed(BytesView{sent}.first(size), [](auto, const auto&) {
      static const auto key = test::stream_data_key();
      return &key;
    });
    HEARTH_CHECK(answer.ok());
    sent.erase(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(size));
    if (!answer.value().empty()) {
      const auto more = machine.step(client::DataArrived{answer.value()}, {}).send;
      sent.insert(sent.end(), more.begin(), more.end());
    }
  }
  const auto status = responder.status(ErrorCode::none);
  HEARTH_CHECK(!machine.step(client::DataArrived{status}, {}).broken);
  return machine;
}

/// The genuine beginning of a stream, so that what is mutated is more than noise.
Bytes genuine(bool with_header) {
  const auto context = test::stream_context(1);
  seal::StreamSealer sealer{seal::media_key(context.master, context.number)};
  Bytes bytes(sealer.header().begin(), sealer.header().end());
  const home::StreamHeader header{0, {}, 100, 0, "audio/flac"};
  if (with_header) {
    sealer.seal(bytes, encode(header), seal::stream_associated_data(context, {}, 0), false);
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  auto machine = paired_machine();
  if ((data[0] & 3U) != 0) {
    const auto bytes = genuine((data[0] & 2U) != 0);
    HEARTH_CHECK(!machine.step(client::DataArrived{bytes}, {}).broken);
  }
  BytesView rest{data + 2, size - 2};
  const std::size_t step = std::size_t{data[1]} + 1;
  while (!rest.empty()) {
    const auto part = rest.first(std::min(step, rest.size()));
    const auto effects = machine.step(client::DataArrived{part}, {});
    HEARTH_CHECK(effects.media.empty() && !effects.finished && effects.send.empty());
    rest = rest.subspan(part.size());
  }
  return 0;
}
