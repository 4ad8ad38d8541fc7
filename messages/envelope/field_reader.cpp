#include "messages/envelope/field_reader.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"

#include <algorithm>

namespace hearth {

namespace {

bool is_actor_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
}

}  // namespace

void FieldReader::refuse(std::string_view field, std::string_view why) {
  if (ok()) {
    error_ = Error{ErrorCode::message_malformed, std::string(field) + " " + std::string(why)};
  }
}

std::string FieldReader::text(capnp::Text::Reader from, std::size_t bytes_max,
                              std::string_view field) {
  const std::string_view value{from.begin(), from.size()};
  if (value.size() > bytes_max) {
    refuse(field, "is too long");
    return {};
  }
  if (!is_utf8(value)) {
    refuse(field, "is not UTF-8");
    return {};
  }
  return std::string(value);
}

std::string FieldReader::actor_name(capnp::Text::Reader from, std::string_view field) {
  const std::string_view value{from.begin(), from.size()};
  if (value.size() > limits::actor_name_bytes_max ||
      !std::all_of(value.begin(), value.end(), is_actor_character)) {
    refuse(field, "is not the name of an actor");
    return {};
  }
  return std::string(value);
}

Bytes FieldReader::bytes(capnp::Data::Reader from, std::size_t bytes_max, std::string_view field) {
  if (from.size() > bytes_max) {
    refuse(field, "is too long");
    return {};
  }
  return {from.begin(), from.end()};
}

std::string FieldReader::path(capnp::Data::Reader from, std::string_view field) {
  if (from.size() > limits::path_bytes_max) {
    refuse(field, "is too long");
    return {};
  }
  return {from.begin(), from.end()};
}

}  // namespace hearth
