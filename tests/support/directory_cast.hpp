#pragma once
// Who is around a directory in tests of its machine.

#include "actors/chain/chain_follower.hpp"
#include "actors/directory/directory_machine.hpp"
#include "messages/envelope/codec.hpp"
#include "tests/support/account_desk.hpp"
#include "tests/support/identities.hpp"

namespace hearth::directory::testing {

inline const auto directory_keys = hearth::testing::identity_of(1);
inline const auto owner = hearth::testing::identity_of(2);
inline const auto home = hearth::testing::identity_of(3);
inline const auto super_peer = hearth::testing::identity_of(6);
inline const auto other_directory = hearth::testing::identity_of(7);

[[nodiscard]] inline seal::NodeList node_list() {
  seal::NodeList list;
  for (const auto* directory : {&directory_keys, &other_directory}) {
    list.nodes.push_back({directory->keys, Role::directory, "eu", {}, {}, true});
  }
  list.nodes.push_back({super_peer.keys, Role::super_peer, "eu", {}, {}, false});
  return list;
}

inline const LeadershipChanged leads{1, true, directory_keys.id};
inline const LeadershipChanged follows{2, false, other_directory.id};

[[nodiscard]] inline Device device(const seal::Identity& who, DeviceKind kind, const char* name) {
  return {who.keys, kind, name};
}

/// Appends what comes next on the account of `who`, signed by it, without asking the rules first.
/// `ask(who, message)` asks the directory and gives an `Envelope`.
template <class Ask>
Result<EventAppended> append_as(const Ask& ask, const seal::Identity& who, ChainAction action,
                                const std::string& code = {}) {
  const auto unpacked = [](const Result<Envelope>& answer, auto type) {
    using Answer = decltype(type);
    return answer ? unpack<Answer>(answer.value()) : Result<Answer>(answer.error());
  };
  chain::ChainFollower known;
  for (bool is_known = false; !is_known;) {
    const auto page = unpacked(ask(who, FetchChain{known.length(), {}, {}}), ChainPage{});
    const auto fresh =
        page ? known.fresh(page.value()) : Result<chain::ChainFollower::Events>(page.error());
    if (!fresh || !known.apply(fresh.value())) {
      return fresh ? Error{ErrorCode::log_corrupt, {}} : fresh.error();
    }
    is_known = known.length() == page.value().length;
  }
  const auto event = known.chain()->next(std::move(action), who.keys.signing);
  return unpacked(ask(who, AppendEvent{sign_event(event, who.signing_seed), code}),
                  EventAppended{});
}

/// The opening of an account of its own for `who`, with a recovery key of its own.
[[nodiscard]] inline AppendEvent opening_by(const seal::Identity& who, const std::string& name) {
  auto recovery = hearth::testing::recovery_key;
  recovery.bytes[0] = static_cast<std::uint8_t>(recovery.bytes[0] ^ who.keys.signing.bytes[0]);
  return {hearth::testing::opening_of(who, name, recovery), {}};
}

}  // namespace hearth::directory::testing
