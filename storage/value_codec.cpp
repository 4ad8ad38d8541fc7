#include "storage/value_codec.hpp"

#include "messages/base/fixed_bytes.hpp"
#include "messages/base/little_endian.hpp"
#include "storage/crc32c.hpp"

#include <algorithm>
#include <string>

namespace hearth::storage {

namespace {

BytesView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::uint32_t checksum(std::string_view key, std::uint8_t version, BytesView payload) {
  return crc32c(payload, crc32c({&version, 1}, crc32c(bytes_of(key))));
}

Error corrupt(std::string_view key, const char* why) {
  return {ErrorCode::log_corrupt,
          std::string("the value of key ") + to_hex(bytes_of(key)) + " " + why};
}

Error newer(const std::string& what) {
  return {ErrorCode::format_newer, "the log was written by a newer version of Hearth (" + what +
                                       "): upgrade this one, or restore an older copy"};
}

Error malformed(const char* what) {
  return {ErrorCode::log_corrupt, std::string(what) + " has the wrong size"};
}

}  // namespace

ValueHeader value_header(std::string_view key, BytesView payload, std::uint8_t version) {
  std::array<std::uint8_t, value_header_bytes> bytes{version};
  put_le(&bytes[1], checksum(key, version, payload));
  ValueHeader header;
  std::copy(bytes.begin(), bytes.end(), header.begin());
  return header;
}

Result<BytesView> open_value(std::string_view key, std::string_view value) {
  if (value.size() < value_header_bytes) {
    return corrupt(key, "is cut short");
  }
  const auto bytes = bytes_of(value);
  const auto payload = bytes.subspan(value_header_bytes);
  if (get_le<std::uint32_t>(&bytes[1]) != checksum(key, bytes[0], payload)) {
    return corrupt(key, "does not match its checksum");
  }
  if (bytes[0] > value_version) {
    return newer("value version " + std::to_string(bytes[0]));
  }
  return payload;
}

HeadPayload encode_head(const StreamHead& head) {
  HeadPayload payload;
  put_le(&payload[0], head.first);
  put_le(&payload[8], head.last);
  put_le(&payload[16], head.snapshot);
  return payload;
}

Result<StreamHead> decode_head(BytesView payload) {
  if (payload.size() != HeadPayload().size()) {
    return malformed("a stream's head");
  }
  return StreamHead{get_le<Sequence>(&payload[0]), get_le<Sequence>(&payload[8]),
                    get_le<Sequence>(&payload[16])};
}

BatchNumberPayload encode_batch_number(BatchNumber number) {
  BatchNumberPayload payload;
  put_le(payload.data(), number);
  return payload;
}

Result<BatchNumber> decode_batch_number(BytesView payload) {
  if (payload.size() != BatchNumberPayload().size()) {
    return malformed("the batch number");
  }
  return get_le<BatchNumber>(payload.data());
}

FormatPayload encode_format(std::uint16_t format) {
  FormatPayload payload;
  put_le(payload.data(), format);
  return payload;
}

Result<void> check_format(BytesView payload) {
  if (payload.size() != FormatPayload().size()) {
    return malformed("the log's format");
  }
  const auto format = get_le<std::uint16_t>(payload.data());
  if (format > log_format) {
    return newer("log format " + std::to_string(format));
  }
  return {};
}

}  // namespace hearth::storage
