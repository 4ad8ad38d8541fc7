// Any bytes on a data connection: as a stranger sends them, as the order of somebody who holds a
// key, and as the answers of a false super-peer. Nobody may ask for more than a frame, and only a
// holder of the key gets an order through.

#include "actors/link/data_preface.hpp"
#include "messages/base/check.hpp"
#include "messages/base/little_endian.hpp"
#include "tests/support/identities.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using hearth::Bytes;
using hearth::BytesView;
using hearth::Role;
using hearth::link::data_frame_bytes_max;
using hearth::link::data_handshake_bytes;
using hearth::link::data_prelude_bytes;
using hearth::link::DataInitiator;
using hearth::link::DataKeyName;
using hearth::link::DataResponder;

const hearth::seal::DataKey& key() {
  static const auto made = hearth::seal::data_key(hearth::testing::secret_of(1));
  return made;
}

const hearth::seal::DataKey* find(Role, const DataKeyName& name) {
  return name == key().name ? &key() : nullptr;
}

/// Feeds all that is wanted, in pieces whose sizes differ; returns what was sent back.
template <class Side, class... Find>
Bytes feed(Side& side, BytesView bytes, Find... find) {
  Bytes sent;
  for (std::size_t step = 1; !bytes.empty() && side.wants() > 0; step = step * 2 + 1) {
    HEARTH_CHECK(side.wants() <= data_frame_bytes_max);
    const auto count = std::min({side.wants(), step, bytes.size()});
    const auto answer = side.feed(bytes.first(count), find...);
    if (!answer) {
      return sent;
    }
    sent.insert(sent.end(), answer.value().begin(), answer.value().end());
    bytes = bytes.subspan(count);
  }
  return sent;
}

void be_a_stranger(BytesView bytes) {
  DataResponder responder;
  feed(responder, bytes, find);
  HEARTH_CHECK(!responder.order());
}

/// The preface by hand, so that the order can be anything.
void hold_the_key(Role role, BytesView order) {
  Bytes prelude = DataInitiator(key(), hearth::relay::AcceptStream{1}).first_flight();
  prelude.resize(data_prelude_bytes);
  prelude[6] = static_cast<std::uint8_t>(role);
  auto handshake = hearth::seal::NoiseHandshake::start(
      "NNpsk0", true, {.own = {}, .peer = {}, .psks = {key().psk}, .prologue = prelude});
  HEARTH_CHECK(handshake.ok());
  DataResponder responder;
  feed(responder, prelude, find);
  const auto answer = feed(responder, handshake.value().write({}).value(), find);
  HEARTH_CHECK(responder.proven() && answer.size() == data_handshake_bytes);
  HEARTH_CHECK(handshake.value().read(answer).ok());

  auto session = handshake.value().finish();
  Bytes frame(4);
  HEARTH_CHECK(session.send.seal(frame, order, {}).ok());
  hearth::put_le(frame.data(), static_cast<std::uint32_t>(frame.size() - 4));
  feed(responder, frame, find);
  if (const auto& got = responder.order()) {
    HEARTH_CHECK(std::holds_alternative<hearth::relay::OpenStream>(*got) == (role == Role::client));
  }
}

void be_a_false_super_peer(BytesView bytes) {
  DataInitiator initiator(key(), hearth::relay::OpenStream{});
  HEARTH_CHECK(feed(initiator, bytes).empty());
  HEARTH_CHECK(!initiator.done());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  be_a_stranger(bytes);
  hold_the_key(Role::client, bytes);
  hold_the_key(Role::home, bytes);
  be_a_false_super_peer(bytes);
  return 0;
}
