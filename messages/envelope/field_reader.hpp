#pragma once
// Bounds of fields, checked before anything is copied. A codec reads all fields of a message
// through one FieldReader and need not look after each: the first thing that is wrong is kept,
// what is read after it is empty and thrown away.

#include "messages/base/error.hpp"
#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"

#include <capnp/blob.h>
#include <capnp/list.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

/// How a plain struct is written to and read from its wire struct. Each specialisation has
///   using Wire = wire::T;
///   static void write(Wire::Builder to, const T& from);
///   static T read(Wire::Reader from, FieldReader& in);
template <class T>
struct Codec;

class FieldReader {
 public:
  /// Marks the message as malformed; `field` is the name of what is wrong.
  void refuse(std::string_view field, std::string_view why);

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  /// Precondition: `!ok()`.
  [[nodiscard]] const Error& error() const { return *error_; }

  /// UTF-8 of at most `bytes_max` bytes.
  std::string text(capnp::Text::Reader from, std::size_t bytes_max, std::string_view field);
  /// a-z, 0-9, '-' and '/', at most `limits::actor_name_bytes_max`.
  std::string actor_name(capnp::Text::Reader from, std::string_view field);
  Bytes bytes(capnp::Data::Reader from, std::size_t bytes_max, std::string_view field);
  /// At most `limits::path_bytes_max` of whatever a file system allows.
  std::string path(capnp::Data::Reader from, std::string_view field);

  /// Exactly `Id::size` bytes.
  template <class Id>
  Id id(capnp::Data::Reader from, std::string_view field) {
    const auto value = Id::from({from.begin(), from.size()});
    if (!value) {
      refuse(field, "has the wrong size");
    }
    return value.value_or(Id{});
  }

  /// As `id`, or absent: all zero.
  template <class Id>
  Id id_or_zero(capnp::Data::Reader from, std::string_view field) {
    return from.size() == 0 ? Id{} : id<Id>(from, field);
  }

  /// For enumerations without gaps, numbered alike on both sides and ending with `last`.
  template <class Enum, class WireEnum>
  Enum enumeration(WireEnum from, Enum last, std::string_view field) {
    if (static_cast<std::uint16_t>(from) > static_cast<std::uint16_t>(last)) {
      refuse(field, "is not a known value");
      return {};
    }
    return static_cast<Enum>(from);
  }

  template <class T>
  std::vector<T> list(typename capnp::List<typename Codec<T>::Wire>::Reader from,
                      std::size_t count_max, std::string_view field) {
    return elements<T>(from, count_max, field,
                       [this](auto element) { return Codec<T>::read(element, *this); });
  }

  template <class Id>
  std::vector<Id> ids(capnp::List<capnp::Data>::Reader from, std::size_t count_max,
                      std::string_view field) {
    return elements<Id>(from, count_max, field,
                        [&](auto element) { return id<Id>(element, field); });
  }

 private:
  // Nothing is reserved: a list of empty structs costs its sender no bytes, whatever its count.
  template <class T, class List, class Read>
  std::vector<T> elements(List from, std::size_t count_max, std::string_view field, Read read) {
    std::vector<T> values;
    if (from.size() > count_max) {
      refuse(field, "has too many elements");
      return values;
    }
    for (auto element = from.begin(); ok() && element != from.end(); ++element) {
      values.push_back(read(*element));
    }
    return values;
  }

  std::optional<Error> error_;
};

}  // namespace hearth
