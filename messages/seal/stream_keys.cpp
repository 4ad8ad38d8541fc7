#include "messages/seal/stream_keys.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/init.hpp"
#include "messages/seal/wire_bytes.hpp"

#include <sodium/crypto_kdf_blake2b.h>
#include <sodium/utils.h>

#include <utility>

namespace hearth::seal {

namespace {

static_assert(stream_header_bytes == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(stream_tag_bytes == crypto_secretstream_xchacha20poly1305_ABYTES);

constexpr const char* stream_context = "hrthstrm";
constexpr const char* data_context = "hrthdata";
constexpr std::uint64_t data_psk_id = 1;
constexpr std::uint64_t data_name_id = 2;

using StreamState = crypto_secretstream_xchacha20poly1305_state;

SecretKey derive(const SecretKey& master, std::uint64_t id, const char* context) {
  std::array<std::uint8_t, 32> bytes{};
  crypto_kdf_blake2b_derive_from_key(bytes.data(), bytes.size(), id, context, master.data());
  SecretKey key(bytes);
  wipe(bytes);
  return key;
}

void wipe_state(StreamState& state) {
  sodium_memzero(&state, sizeof state);
}

StreamState take_state(StreamState& from) {
  const auto state = from;
  wipe_state(from);
  return state;
}

}  // namespace

SecretKey request_key(const SecretKey& master, std::uint64_t number) {
  return derive(master, 2 * number, stream_context);
}

SecretKey media_key(const SecretKey& master, std::uint64_t number) {
  return derive(master, 2 * number + 1, stream_context);
}

DataKey data_key(const SecretKey& exported) {
  DataKey key{derive(exported, data_psk_id, data_context), {}};
  crypto_kdf_blake2b_derive_from_key(key.name.bytes.data(), key.name.bytes.size(), data_name_id,
                                     data_context, exported.data());
  return key;
}

Bytes stream_associated_data(const StreamContext& context, const ItemVersion& version,
                             std::uint64_t offset) {
  ByteWriter writer(context.session.size() + sizeof context.number + ItemVersion::size +
                    sizeof offset);
  writer.bytes(context.session);
  writer.u64(context.number);
  writer.bytes(version.view());
  writer.u64(offset);
  return writer.finish();
}

StreamSealer::StreamSealer(const SecretKey& key) {
  HEARTH_CHECK(init());
  crypto_secretstream_xchacha20poly1305_init_push(&state_, header_.data(), key.data());
}

StreamSealer::StreamSealer(StreamSealer&& other) noexcept
    : state_(take_state(other.state_)),
      header_(other.header_),
      over_(std::exchange(other.over_, true)) {}

StreamSealer& StreamSealer::operator=(StreamSealer&& other) noexcept {
  if (this != &other) {
    state_ = take_state(other.state_);
    header_ = other.header_;
    over_ = std::exchange(other.over_, true);
  }
  return *this;
}

StreamSealer::~StreamSealer() {
  wipe_state(state_);
}

void StreamSealer::seal(Bytes& out, BytesView plain, BytesView associated_data, bool final) {
  HEARTH_CHECK(!over_);
  over_ = final;
  const auto sealed_bytes = plain.size() + stream_tag_bytes;
  const auto start = out.size();
  out.resize(start + 4 + sealed_bytes);
  for (std::size_t i = 0; i < 4; ++i) {
    out[start + i] = static_cast<std::uint8_t>(sealed_bytes >> (8 * i));
  }
  const auto tag = final ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                         : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  crypto_secretstream_xchacha20poly1305_push(
      &state_, out.data() + start + 4, nullptr, plain.data(), plain.size(), associated_data.data(),
      associated_data.size(), static_cast<unsigned char>(tag));
}

StreamOpener::StreamOpener(const SecretKey& key, BytesView header)
    : broken_(header.size() != stream_header_bytes) {
  HEARTH_CHECK(init());
  if (!broken_) {
    crypto_secretstream_xchacha20poly1305_init_pull(&state_, header.data(), key.data());
  }
}

StreamOpener::StreamOpener(StreamOpener&& other) noexcept
    : state_(take_state(other.state_)),
      complete_(other.complete_),
      broken_(std::exchange(other.broken_, true)) {}

StreamOpener& StreamOpener::operator=(StreamOpener&& other) noexcept {
  if (this != &other) {
    state_ = take_state(other.state_);
    complete_ = other.complete_;
    broken_ = std::exchange(other.broken_, true);
  }
  return *this;
}

StreamOpener::~StreamOpener() {
  wipe_state(state_);
}

Result<StreamOpener::Opened> StreamOpener::open(BytesView frame, BytesView associated_data) {
  if (broken_ || complete_ || frame.size() < stream_tag_bytes) {
    broken_ = true;
    return Error{ErrorCode::decryption_failed, "a stream frame too short, or after the end"};
  }
  Opened opened;
  opened.plain.resize(frame.size() - stream_tag_bytes);
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_, opened.plain.data(), nullptr, &tag,
                                                 frame.data(), frame.size(), associated_data.data(),
                                                 associated_data.size()) != 0) {
    broken_ = true;
    return Error{ErrorCode::decryption_failed, "a stream frame was changed, lost or repeated"};
  }
  opened.final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  complete_ = opened.final;
  return opened;
}

}  // namespace hearth::seal
