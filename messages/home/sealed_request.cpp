#include "messages/home/sealed_request.hpp"

#include "messages/envelope/codec.hpp"

#include <algorithm>

namespace hearth::home {

namespace {

constexpr std::size_t number_at = SessionName::size;
constexpr std::size_t header_at = number_at + 8;
constexpr std::size_t length_at = header_at + seal::stream_header_bytes;
constexpr std::size_t frame_at = length_at + 4;
constexpr std::size_t sealed_bytes_max = 4096;

std::uint64_t read_number(BytesView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = (value << 8U) | bytes[at + i];
  }
  return value;
}

}  // namespace

SessionName name_of_session(const seal::HandshakeHash& session) {
  SessionName name;
  std::copy_n(session.begin(), SessionName::size, name.bytes.begin());
  return name;
}

SealedRequest seal_request(const seal::StreamContext& context, const StreamRequest& request) {
  SealedRequest sealed{{}, seal::StreamSealer(seal::request_key(context.master, context.number))};
  auto& bytes = sealed.bytes;
  const auto name = name_of_session(context.session);
  bytes.assign(name.bytes.begin(), name.bytes.end());
  for (unsigned i = 0; i < 8; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(context.number >> (8U * i)));
  }
  const auto header = sealed.grants.header();
  bytes.insert(bytes.end(), header.begin(), header.end());
  sealed.grants.seal(bytes, encode(request), seal::stream_associated_data(context, {}, 0), false);
  return sealed;
}

Result<RequestEnvelope> peek_request(BytesView sealed) {
  if (sealed.size() <= frame_at || sealed.size() > sealed_bytes_max ||
      read_number(sealed, length_at, 4) != sealed.size() - frame_at) {
    return Error{ErrorCode::message_malformed, "sealed request has a wrong length"};
  }
  return RequestEnvelope{*SessionName::from(sealed.first(number_at)),
                         read_number(sealed, number_at, 8)};
}

Result<OpenedRequest> open_request(const seal::StreamContext& context, BytesView sealed) {
  if (auto peeked = peek_request(sealed); !peeked) {
    return peeked.error();
  }
  seal::StreamOpener opener(seal::request_key(context.master, context.number),
                            sealed.subspan(header_at, seal::stream_header_bytes));
  auto opened = opener.open(sealed.subspan(frame_at), seal::stream_associated_data(context, {}, 0));
  if (!opened) {
    return opened.error();
  }
  auto request = decode<StreamRequest>(opened.value().plain);
  if (!request) {
    return request.error();
  }
  return OpenedRequest{request.value(), std::move(opener)};
}

}  // namespace hearth::home
