#include "messages/replication/configuration.hpp"

#include "messages/base/mutant.hpp"

#include <algorithm>

namespace hearth::replication {

namespace {

constexpr std::size_t member_bytes = NodeId::size + 2;

bool names_a_node_twice(const Configuration& configuration) {
  const auto& members = configuration.members;
  for (auto at = members.begin(); at != members.end(); ++at) {
    if (std::any_of(at + 1, members.end(), [&at](const auto& o) { return o.node == at->node; })) {
      return true;
    }
  }
  return false;
}

/// Voters of `of` that are none in `in`.
std::ptrdiff_t missing_voters(const Configuration& of, const Configuration& in) {
  return std::count_if(of.members.begin(), of.members.end(), [&in](const Member& member) {
    return member.votes && !in.is_voter(member.node);
  });
}

}  // namespace

const Member* Configuration::find(const NodeId& node) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&node](const auto& member) { return member.node == node; });
  return found == members.end() ? nullptr : &*found;
}

bool Configuration::is_voter(const NodeId& node) const {
  const auto* member = find(node);
  return member != nullptr && member->votes;
}

std::size_t Configuration::voters() const {
  return static_cast<std::size_t>(std::count_if(members.begin(), members.end(),
                                                [](const auto& member) { return member.votes; }));
}

std::string objection_to(const Configuration& current, const Configuration& next) {
  if (next.members.size() > Configuration::members_max) {
    return "a group has at most 15 members";
  }
  if (names_a_node_twice(next)) {
    return "a node is named twice";
  }
  if (next.voters() == 0) {
    return "a group needs a voter";
  }
  if (missing_voters(next, current) + missing_voters(current, next) > 1 &&
      !HEARTH_MUTANT("change-two-voters")) {
    return "more than one voter changes: change them one after the other";
  }
  for (const auto& member : next.members) {
    if (member.votes && current.find(member.node) == nullptr) {
      return "a new voter was no learner: add it as a learner first";
    }
  }
  return {};
}

Bytes encode(const Configuration& configuration) {
  Bytes bytes;
  bytes.reserve(1 + configuration.members.size() * member_bytes);
  bytes.push_back(static_cast<std::uint8_t>(configuration.members.size()));
  for (const auto& member : configuration.members) {
    bytes.insert(bytes.end(), member.node.bytes.begin(), member.node.bytes.end());
    bytes.push_back(member.votes ? 1 : 0);
    bytes.push_back(member.priority);
  }
  return bytes;
}

std::optional<Configuration> decode_configuration(BytesView bytes) {
  if (bytes.empty() || bytes[0] > Configuration::members_max ||
      bytes.size() != 1 + bytes[0] * member_bytes) {
    return std::nullopt;
  }
  Configuration configuration;
  for (auto rest = bytes.subspan(1); !rest.empty(); rest = rest.subspan(member_bytes)) {
    const auto votes = rest[NodeId::size];
    if (votes > 1) {
      return std::nullopt;
    }
    configuration.members.push_back(
        {*NodeId::from(rest.first(NodeId::size)), votes == 1, rest[NodeId::size + 1]});
  }
  if (names_a_node_twice(configuration)) {
    return std::nullopt;
  }
  return configuration;
}

}  // namespace hearth::replication
