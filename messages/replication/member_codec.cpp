#include "messages/replication/member_codec.hpp"

#include "messages/envelope/wire_codec.hpp"

#include <utility>

namespace hearth {

using namespace replication;  // NOLINT(google-build-using-namespace): specialisations live here.

namespace {

Configuration read_members(capnp::Data::Reader from, FieldReader& in) {
  auto members = decode_configuration({from.begin(), from.size()});
  if (!members) {
    in.refuse("members", "are none");
  }
  return std::move(members).value_or(Configuration());
}

}  // namespace

template <>
struct Codec<DescribeReplica> {
  using Wire = wire::DescribeReplica;
  static void write(Wire::Builder to, const DescribeReplica& from) {
    to.setGroup(static_cast<std::uint32_t>(from.group));
  }
  static DescribeReplica read(Wire::Reader from, FieldReader&) {
    return {GroupId{from.getGroup()}};
  }
};

template <>
struct Codec<FollowerState> {
  using Wire = wire::FollowerState;
  static void write(Wire::Builder to, const FollowerState& from) {
    to.setNode(data_of(from.node));
    to.setMatch(from.match);
    to.setSilentMs(from.silent_ms);
  }
  static FollowerState read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getNode(), "node"), from.getMatch(), from.getSilentMs()};
  }
};

void Codec<ReplicaDescribed>::write(Wire::Builder to, const ReplicaDescribed& from) {
  to.setGroup(static_cast<std::uint32_t>(from.group));
  to.setRole(static_cast<wire::ReplicaRole>(from.role));
  to.setTerm(from.term);
  if (!from.leader.is_zero()) {
    to.setLeader(data_of(from.leader));
  }
  to.setFirstIndex(from.first_index);
  to.setLastIndex(from.last_index);
  to.setCommitted(from.committed);
  to.setApplied(from.applied);
  to.setLogBytes(from.log_bytes);
  to.setMembersIndex(from.members_index);
  to.setMembers(data_of(encode(from.members)));
  to.setRecalled(from.recalled);
  write_list(to.initFollowers(count_of(from.followers)), from.followers);
}

ReplicaDescribed Codec<ReplicaDescribed>::read(Wire::Reader from, FieldReader& in) {
  ReplicaDescribed replica;
  replica.group = GroupId{from.getGroup()};
  replica.role = in.enumeration(from.getRole(), RaftRole::leader, "role");
  replica.term = from.getTerm();
  replica.leader = in.id_or_zero<NodeId>(from.getLeader(), "leader");
  replica.first_index = from.getFirstIndex();
  replica.last_index = from.getLastIndex();
  replica.committed = from.getCommitted();
  replica.applied = from.getApplied();
  replica.log_bytes = from.getLogBytes();
  replica.members_index = from.getMembersIndex();
  replica.members = read_members(from.getMembers(), in);
  replica.recalled = from.getRecalled();
  replica.followers =
      in.list<FollowerState>(from.getFollowers(), Configuration::members_max, "followers");
  return replica;
}

void Codec<ChangeMembers>::write(Wire::Builder to, const ChangeMembers& from) {
  to.setGroup(static_cast<std::uint32_t>(from.group));
  to.setMembersIndex(from.members_index);
  to.setMembers(data_of(encode(from.members)));
}

ChangeMembers Codec<ChangeMembers>::read(Wire::Reader from, FieldReader& in) {
  return {GroupId{from.getGroup()}, from.getMembersIndex(), read_members(from.getMembers(), in)};
}

HEARTH_MESSAGE_CODEC(DescribeReplica);
HEARTH_MESSAGE_CODEC(ReplicaDescribed);
HEARTH_MESSAGE_CODEC(ChangeMembers);
HEARTH_MESSAGE_CODEC(MembersProposed);

}  // namespace hearth
