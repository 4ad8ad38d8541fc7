#pragma once
// Both ends of one stream, for tests: the plan that a client gets, and the keys of its home.

#include "actors/client/client_ports.hpp"
#include "messages/base/check.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/sealed_request.hpp"
#include "tests/support/identities.hpp"

#include <utility>

namespace hearth::test {

/// Of every stream of these tests; only the number differs.
inline seal::StreamContext stream_context(std::uint64_t number) {
  seal::HandshakeHash session{};
  session.fill(7);
  return {testing::secret_of(1), session, number};
}

inline seal::DataKey stream_data_key() {
  return seal::data_key(testing::secret_of(2));
}

inline client::StreamPlan stream_plan(const home::StreamRequest& request, std::uint64_t number,
                                      std::vector<seal::Endpoint> data = {}) {
  auto sealed = home::seal_request(stream_context(number), request);
  return {std::move(data),
          stream_data_key(),
          NodeId{},
          Bytes{1, 2, 3},
          std::move(sealed.bytes),
          stream_context(number),
          std::move(sealed.grants),
          request};
}

inline home::OpenedRequest open_stream_request(BytesView sealed) {
  const auto envelope = home::peek_request(sealed);
  HEARTH_CHECK(envelope.ok());
  auto opened = home::open_request(stream_context(envelope.value().number), sealed);
  HEARTH_CHECK(opened.ok());
  return std::move(opened.value());
}

}  // namespace hearth::test
