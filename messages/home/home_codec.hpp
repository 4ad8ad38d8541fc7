#pragma once
// Values that the home's messages and its events share.

#include "messages/envelope/field_reader.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/schema/home.capnp.h"

namespace hearth {

template <>
struct Codec<home::Item> {
  using Wire = wire::Item;
  static void write(Wire::Builder to, const home::Item& from);
  static home::Item read(Wire::Reader from, FieldReader& in);
};

}  // namespace hearth
