#include "actors/link/data_preface.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/little_endian.hpp"
#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hearth::link {
namespace {

constexpr std::array<std::uint8_t, 4> magic{'H', 'D', 'A', 'T'};
constexpr std::size_t length_bytes = 4;
constexpr std::size_t status_frame_bytes = length_bytes + 2 + seal::CipherState::tag_bytes;

Bytes make_prelude(Role role, const DataKeyName& name) {
  Bytes prelude(data_prelude_bytes);
  std::copy(magic.begin(), magic.end(), prelude.begin());
  put_le<std::uint16_t>(&prelude[4], limits::protocol_version);
  prelude[6] = static_cast<std::uint8_t>(role);
  std::copy(name.bytes.begin(), name.bytes.end(), prelude.begin() + 8);
  return prelude;
}

Result<seal::NoiseHandshake> start_handshake(bool initiator, const seal::DataKey& key,
                                             Bytes prologue) {
  return seal::NoiseHandshake::start(
      "NNpsk0", initiator,
      {.own = {}, .peer = {}, .psks = {key.psk}, .prologue = std::move(prologue)});
}

/// Length, then ciphertext.
Result<Bytes> seal_frame(seal::CipherState& cipher, BytesView plain) {
  const auto length = plain.size() + seal::CipherState::tag_bytes;
  Bytes out(length_bytes);
  out.reserve(length_bytes + length);
  put_le(out.data(), static_cast<std::uint32_t>(length));
  if (auto sealed = cipher.seal(out, plain, {}); !sealed) {
    return sealed.error();
  }
  return out;
}

void gather(Bytes& gathered, std::size_t wants, BytesView bytes) {
  HEARTH_CHECK(!bytes.empty() && bytes.size() <= wants);
  gathered.insert(gathered.end(), bytes.begin(), bytes.end());
}

template <class Message>
Result<DataResponder::Order> decode_order(BytesView plain) {
  auto message = decode<Message>(plain);
  if (!message) {
    return message.error();
  }
  return DataResponder::Order(std::move(message.value()));
}

}  // namespace

DataInitiator::DataInitiator(const seal::DataKey& key, const relay::OpenStream& open)
    : DataInitiator(key, Role::client, encode(open)) {}

DataInitiator::DataInitiator(const seal::DataKey& key, const relay::AcceptStream& accept)
    : DataInitiator(key, Role::home, encode(accept)) {}

DataInitiator::DataInitiator(const seal::DataKey& key, Role role, Bytes frame)
    : role_(role), frame_(std::move(frame)), first_flight_(make_prelude(role, key.name)) {
  auto handshake = start_handshake(true, key, first_flight_);
  HEARTH_CHECK(handshake.ok());
  handshake_.emplace(std::move(handshake.value()));
  const auto message = handshake_->write({});
  HEARTH_CHECK(message.ok() && message.value().size() == data_handshake_bytes);
  first_flight_.insert(first_flight_.end(), message.value().begin(), message.value().end());
}

Result<Bytes> DataInitiator::feed(BytesView bytes) {
  gather(gathered_, wants(), bytes);
  if (wants() > 0) {
    return Bytes{};
  }
  return handshake_ ? take_answer() : take_status();
}

Result<Bytes> DataInitiator::take_answer() {
  if (auto read = handshake_->read(gathered_); !read) {
    return read.error();
  }
  auto session = handshake_->finish();
  handshake_.reset();
  receive_ = std::move(session.receive);
  gathered_.clear();
  wants_ = role_ == Role::client ? status_frame_bytes : 0;
  return seal_frame(session.send, std::exchange(frame_, {}));
}

Result<Bytes> DataInitiator::take_status() {
  if (get_le<std::uint32_t>(gathered_.data()) != status_frame_bytes - length_bytes) {
    return Error{ErrorCode::message_malformed, "status frame of another length"};
  }
  const auto plain = receive_.open(std::span(gathered_).subspan(length_bytes));
  if (!plain) {
    return plain.error();
  }
  const auto code = error_code_from(get_le<std::uint16_t>(plain.value().data()));
  gathered_.clear();
  wants_ = 0;
  if (code != ErrorCode::none) {
    return Error{code, "the super-peer refused the stream"};
  }
  return Bytes{};
}

void DataResponder::expect(Stage stage, std::size_t bytes) {
  stage_ = stage;
  gathered_.clear();
  wants_ = bytes;
}

Result<Bytes> DataResponder::feed(BytesView bytes, const FindKey& find) {
  gather(gathered_, wants(), bytes);
  if (wants() > 0) {
    return Bytes{};
  }
  switch (stage_) {
    case Stage::prelude: return take_prelude(find);
    case Stage::handshake: return take_handshake();
    case Stage::length: return take_length();
    case Stage::frame: return take_frame();
    case Stage::done: break;
  }
  return Error{ErrorCode::message_malformed, "bytes after the order"};
}

Result<Bytes> DataResponder::take_prelude(const FindKey& find) {
  const BytesView prelude(gathered_);
  if (!std::equal(magic.begin(), magic.end(), prelude.begin())) {
    return Error{ErrorCode::message_malformed, "not a data connection"};
  }
  if (get_le<std::uint16_t>(&prelude[4]) != limits::protocol_version) {
    return Error{ErrorCode::version_unsupported, "data connection of another version"};
  }
  role_ = static_cast<Role>(prelude[6]);
  if ((role_ != Role::client && role_ != Role::home) || prelude[7] != 0) {
    return Error{ErrorCode::message_malformed, "role or reserved byte of the prelude"};
  }
  name_ = *DataKeyName::from(prelude.subspan(8));
  const auto* key = find(role_, name_);
  if (key == nullptr) {
    return Error{ErrorCode::identity_unknown, "no such data key"};
  }
  auto handshake = start_handshake(false, *key, gathered_);
  if (!handshake) {
    return handshake.error();
  }
  handshake_.emplace(std::move(handshake.value()));
  expect(Stage::handshake, data_handshake_bytes);
  return Bytes{};
}

Result<Bytes> DataResponder::take_handshake() {
  if (auto read = handshake_->read(gathered_); !read) {
    return read.error();
  }
  auto answer = handshake_->write({});
  if (!answer) {
    return answer.error();
  }
  auto session = handshake_->finish();
  handshake_.reset();
  receive_ = std::move(session.receive);
  send_ = std::move(session.send);
  expect(Stage::length, length_bytes);
  return answer;
}

Result<Bytes> DataResponder::take_length() {
  const std::size_t length = get_le<std::uint32_t>(gathered_.data());
  if (length > data_frame_bytes_max) {
    return Error{ErrorCode::frame_oversized, "order of a data connection"};
  }
  if (length <= seal::CipherState::tag_bytes) {
    return Error{ErrorCode::message_malformed, "order shorter than its tag"};
  }
  expect(Stage::frame, length);
  return Bytes{};
}

Result<Bytes> DataResponder::take_frame() {
  const auto plain = receive_.open(gathered_);
  if (!plain) {
    return plain.error();
  }
  auto order = role_ == Role::client ? decode_order<relay::OpenStream>(plain.value())
                                     : decode_order<relay::AcceptStream>(plain.value());
  if (!order) {
    return order.error();
  }
  order_ = std::move(order.value());
  expect(Stage::done, 0);
  gathered_.shrink_to_fit();
  return Bytes{};
}

Bytes DataResponder::status(ErrorCode code) {
  HEARTH_CHECK(order_ && std::holds_alternative<relay::OpenStream>(*order_));
  Bytes plain(2);
  put_le(plain.data(), static_cast<std::uint16_t>(code));
  auto frame = seal_frame(send_, plain);
  HEARTH_CHECK(frame.ok());
  return std::move(frame.value());
}

}  // namespace hearth::link
