#pragma once
// What a wish comes to on an account as its verified chain has it. Pure.

#include "actors/chain/chain_follower.hpp"
#include "actors/client/account_wishes.hpp"
#include "messages/seal/identity.hpp"

#include <variant>

namespace hearth::client {

/// An event to be appended, signed; or the answer, where there is nothing to be done.
using Decision = std::variant<directory::AppendEvent, Result<AccountReply>>;

/// `known` is all that there is of the chain now; without a chain, this device is in no account.
[[nodiscard]] Decision decide(const Wish& wish, const chain::ChainFollower& known,
                              const seal::Identity& self);

}  // namespace hearth::client
