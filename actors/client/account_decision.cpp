#include "actors/client/account_decision.hpp"

#include "messages/base/text.hpp"

#include <optional>
#include <utility>

namespace hearth::client {

namespace {

using directory::AppendEvent;
using directory::ChainAction;
using directory::Device;
using directory::EventAppended;

Decision refused(ErrorCode code, const char* detail) {
  return Result<AccountReply>(Error{code, detail});
}

bool is_one_name(const std::string& left, const std::string& right) {
  return fold_case(left).value_or(left) == fold_case(right).value_or(right);
}

class Decider {
 public:
  Decider(const chain::ChainFollower& known, const seal::Identity& self)
      : known_(known), self_(self) {}

  Decision on(const CreateAccount& wish) const {
    const auto* account = known_.chain();
    if (account == nullptr) {
      const directory::ChainEvent first{
          1,
          {},
          self_.keys.signing,
          directory::AccountOpened{wish.name, wish.recovery, wish.device}};
      return checked({sign_event(first, self_.signing_seed), {}});
    }
    return is_one_name(account->state().name, wish.name)
               ? done()
               : refused(ErrorCode::device_exists, "this device belongs to an account already");
  }

  Decision on(const RecoverAccount& wish) const {
    const auto* account = known_.chain();
    if (account == nullptr) {
      return refused(ErrorCode::account_unknown, "no account has this recovery key");
    }
    const auto key = seal::signing_key_of(wish.seed);
    if (key != account->state().recovery) {
      return refused(ErrorCode::not_allowed, "the recovery key is of another account");
    }
    if (account->require_manager(chain::id_of(wish.device))) {
      return done();
    }
    const auto event = account->next(directory::DeviceEnrolled{wish.device}, key);
    return checked({sign_event(event, wish.seed), {}});
  }

  Decision on(const EnrolDevice& wish) const { return enrol(wish.device, {}); }
  Decision on(const ApprovePairing& wish) const { return enrol(wish.device, wish.code); }

  Decision on(const RevokeDevice& wish) const {
    const auto* account = known_.chain();
    if (account == nullptr) {
      return in_no_account();
    }
    const bool is_gone = account->find(wish.device) == nullptr && known_.was_enrolled(wish.device);
    return is_gone ? as_manager(done()) : signed_by_self(directory::DeviceRevoked{wish.device}, {});
  }

  Decision on(const RenameDevice& wish) const {
    const auto* account = known_.chain();
    if (account == nullptr) {
      return in_no_account();
    }
    const auto* device = account->find(wish.device);
    return device != nullptr && device->name == wish.name
               ? as_manager(done())
               : signed_by_self(directory::DeviceRenamed{wish.device, wish.name}, {});
  }

  Decision on(const GrantShare& wish) const {
    const auto* account = known_.chain();
    if (account == nullptr) {
      return in_no_account();
    }
    for (const auto& share : account->shares()) {
      if (share.granted == wish.share) {
        return as_manager(
            Result<AccountReply>(EventAppended{account->state().account, share.number}));
      }
    }
    return signed_by_self(wish.share, {});
  }

  Decision on(const RevokeShare& wish) const {
    return known_.chain() == nullptr ? in_no_account()
                                     : signed_by_self(directory::ShareRevoked{wish.share}, {});
  }

  Decision on(const ListDevices& /*wish*/) const {
    const auto* account = known_.chain();
    if (account == nullptr) {
      return in_no_account();
    }
    const auto& state = account->state();
    DevicesListed listed{state.account, state.length, {}, state.name, {}};
    for (const auto& member : account->members()) {
      listed.devices.push_back(member.device);
      if (account->require_manager(member.id)) {
        listed.signers.push_back(member.id);
      }
    }
    listed.shares = account->shares();
    return Result<AccountReply>(std::move(listed));
  }

  Decision on(const ListEvents& /*wish*/) const {
    return known_.chain() == nullptr ? in_no_account()
                                     : Result<AccountReply>(EventsListed{known_.events()});
  }

 private:
  [[nodiscard]] static Decision in_no_account() {
    return refused(ErrorCode::device_unknown, "this device is in no account");
  }

  /// It is so already.
  [[nodiscard]] Decision done() const {
    const auto& state = known_.chain()->state();
    return Result<AccountReply>(EventAppended{state.account, state.length});
  }

  [[nodiscard]] Decision as_manager(Decision decision) const {
    const auto allowed = known_.chain()->require_manager(self_.id);
    return allowed ? std::move(decision) : Result<AccountReply>(allowed.error());
  }

  [[nodiscard]] Decision enrol(const Device& device, const std::string& code) const {
    const auto* account = known_.chain();
    if (account == nullptr) {
      return in_no_account();
    }
    const auto* there = account->find(chain::id_of(device));
    return there != nullptr && *there == device
               ? as_manager(done())
               : signed_by_self(directory::DeviceEnrolled{device}, code);
  }

  [[nodiscard]] Decision signed_by_self(ChainAction action, const std::string& code) const {
    const auto event = known_.chain()->next(std::move(action), self_.keys.signing);
    return checked({sign_event(event, self_.signing_seed), code});
  }

  /// Refused here if others would refuse it.
  [[nodiscard]] Decision checked(AppendEvent command) const {
    const auto fresh = directory::read_event(command.event);
    if (!fresh) {
      return Result<AccountReply>(fresh.error());
    }
    const auto* account = known_.chain();
    Result<void> allowed;
    if (account == nullptr) {
      const auto opened = chain::AccountChain::open(fresh.value());
      allowed = opened ? Result<void>() : Result<void>(opened.error());
    } else {
      const auto* enrolled = std::get_if<directory::DeviceEnrolled>(&fresh.value().event.action);
      allowed =
          account->check(fresh.value(), enrolled != nullptr &&
                                            known_.was_enrolled(chain::id_of(enrolled->device)));
    }
    return allowed ? Decision(std::move(command)) : Result<AccountReply>(allowed.error());
  }

  const chain::ChainFollower& known_;
  const seal::Identity& self_;
};

}  // namespace

Decision decide(const Wish& wish, const chain::ChainFollower& known, const seal::Identity& self) {
  const Decider decider(known, self);
  return std::visit([&](const auto& each) { return decider.on(each); }, wish);
}

}  // namespace hearth::client
