#pragma once
// What a person wants of an account, and hears. Wishes come to events of the account's chain, which
// this device signs, or to what the verified chain says.

#include "messages/directory/pairing_messages.hpp"
#include "messages/directory/share_messages.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hearth::client {

// ---- wishes; answered with `EventAppended` unless said otherwise ----

/// This device becomes the first manager of a new account. Wished again, whatever the recovery
/// key: the account that there is. Refused: `name_taken`, `device_exists` (it is in another one).
struct CreateAccount {
  std::string name;
  SigningKey recovery;
  directory::Device device;
};

/// This device becomes a manager of the account that `seed` recovers; those from before sign
/// nothing any more. Refused: `account_unknown`, `not_allowed` (it was revoked), `limit_reached`.
struct RecoverAccount {
  seal::SecretKey seed;
  directory::Device device;
};

/// All six by a manager. Refused: `not_allowed`, and as `AccountChain::check` says. What is so
/// already is done.
struct EnrolDevice {
  directory::Device device;
};
struct RevokeDevice {
  NodeId device;
};
struct RenameDevice {
  NodeId device;
  std::string name;
};
/// `device` is what the person was shown: nothing else is let in. Also refused as `ShowPairing`.
struct ApprovePairing {
  std::string code;
  directory::Device device;
};

/// What is shared just so already has its number in the answer.
struct GrantShare {
  directory::ShareGranted share;
};
struct RevokeShare {
  std::uint64_t share = 0;  ///< Its number.
};

/// Answer: `DevicesListed`.
struct ListDevices {};
/// Answer: `EventsListed`.
struct ListEvents {};

/// All are in no chain of this account: asked of a directory as they are.
using DirectoryQuestion =
    std::variant<directory::OfferPairing, directory::ShowPairing, directory::FindAccount>;

using Wish = std::variant<CreateAccount, RecoverAccount, EnrolDevice, RevokeDevice, RenameDevice,
                          ApprovePairing, GrantShare, RevokeShare, ListDevices, ListEvents>;

// ---- answers ----

/// The account as its verified chain has it.
struct DevicesListed {
  AccountId account;
  std::uint64_t sequence = 0;                 ///< Length of the chain.
  std::vector<directory::Device> devices;     ///< Unrevoked ones, in order of enrolment.
  std::string name;                           ///< Of the account.
  std::vector<NodeId> signers;                ///< The managers that may sign.
  std::vector<directory::Share> shares = {};  ///< Unrevoked ones; some may have expired.
};

struct EventsListed {
  std::vector<directory::RecordedEvent> events;  ///< Verified, but for their times; from the first.
};

using AccountReply =
    std::variant<directory::EventAppended, DevicesListed, EventsListed, directory::PairingOffered,
                 directory::PairingShown, directory::AccountFound>;

}  // namespace hearth::client
