#pragma once
// Codecs of member_messages.hpp that others are made of. For codec files only.

#include "messages/envelope/field_reader.hpp"
#include "messages/replication/member_messages.hpp"
#include "messages/schema/replication.capnp.h"

namespace hearth {

template <>
struct Codec<replication::ReplicaDescribed> {
  using Wire = wire::ReplicaDescribed;
  static void write(Wire::Builder to, const replication::ReplicaDescribed& from);
  static replication::ReplicaDescribed read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<replication::ChangeMembers> {
  using Wire = wire::ChangeMembers;
  static void write(Wire::Builder to, const replication::ChangeMembers& from);
  static replication::ChangeMembers read(Wire::Reader from, FieldReader& in);
};

template <>
struct Codec<replication::MembersProposed> {
  using Wire = wire::MembersProposed;
  static void write(Wire::Builder to, const replication::MembersProposed& from) {
    to.setIndex(from.index);
  }
  static replication::MembersProposed read(Wire::Reader from, FieldReader&) {
    return {from.getIndex()};
  }
};

}  // namespace hearth
