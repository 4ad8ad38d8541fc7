#pragma once
// Values of the directory that other domains' messages carry too.

#include "messages/base/ids.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/envelope/field_reader.hpp"
#include "messages/schema/directory.capnp.h"

namespace hearth {

/// Refuses what is no bucket.
[[nodiscard]] directory::Bucket read_bucket(std::uint16_t number, FieldReader& in);

template <>
struct Codec<PublicKeys> {
  using Wire = wire::PublicKeys;
  static void write(Wire::Builder to, const PublicKeys& from);
  static PublicKeys read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<directory::Device> {
  using Wire = wire::Device;
  static void write(Wire::Builder to, const directory::Device& from);
  static directory::Device read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<directory::SignedEvent> {
  using Wire = wire::SignedEvent;
  static void write(Wire::Builder to, const directory::SignedEvent& from);
  static directory::SignedEvent read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<directory::RecordedEvent> {
  using Wire = wire::RecordedEvent;
  static void write(Wire::Builder to, const directory::RecordedEvent& from);
  static directory::RecordedEvent read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<directory::ChainExtended> {
  using Wire = wire::ChainExtended;
  static void write(Wire::Builder to, const directory::ChainExtended& from);
  static directory::ChainExtended read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<directory::AccountFollowed> {
  using Wire = wire::AccountFollowed;
  static void write(Wire::Builder to, const directory::AccountFollowed& from);
  static directory::AccountFollowed read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<directory::AccountForgotten> {
  using Wire = wire::AccountForgotten;
  static void write(Wire::Builder to, const directory::AccountForgotten& from);
  static directory::AccountForgotten read(Wire::Reader from, FieldReader& in);
};

}  // namespace hearth
