// P2: a name, a device and a recovery key is one account's, whichever groups decide; and nobody
// waits for one for ever.

#include "actors/directory/account_group.hpp"
#include "actors/directory/account_rows.hpp"
#include "actors/directory/claim_book.hpp"
#include "messages/envelope/codec.hpp"
#include "sim/promises/checkers.hpp"
#include "sim/promises/group_copy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace hearth::sim {

namespace {

using directory::Claim;
using directory::ClaimKey;
using directory::ClaimKind;

/// Without faults: a leader is there, finds it overdue, and is answered. The lead may go back to
/// where it belongs meanwhile, and whoever has it then waits anew.
constexpr Millis settled_within{2 * directory::ClaimBook::overdue + Millis{5000}};

std::string text_of(const ClaimKey& key) {
  constexpr const char* kinds[] = {"name", "device", "recovery key"};
  const auto& bytes = key.id.bytes;
  return fmt::format("{} {:02x}", kinds[static_cast<std::size_t>(key.kind)],
                     fmt::join(bytes.begin(), bytes.begin() + 6, ""));
}

class Ownership final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P2"; }

  void second_passed() override {
    if (!scene_.healed_at) {
      open_since_.clear();
      return;
    }
    const auto before = std::exchange(open_since_, {});
    for_all_rows(directory::ClaimBook::stream, {&directory::open_claim_prefix, 1},
                 [&](std::string_view, BytesView value) {
                   if (const auto claim = decode<Claim>(value)) {
                     look_at_open(claim.value(), before);
                   }
                 });
  }

  /// Beyond what is promised groups may have forgotten what others know.
  void finished() override {
    if (scene_.tolerance == drill::Tolerance::beyond) {
      return;
    }
    for_all_rows(directory::AccountGroup::stream, {},
                 [this](std::string_view key, BytesView value) { note_owned(key, value); });
    for_all_rows(directory::ClaimBook::stream, {},
                 [this](std::string_view key, BytesView value) { note_claim(key, value); });
    for (const auto& [key, account] : owner_by_key_) {
      const auto claim = claim_by_key_.find(key);
      if (claim == claim_by_key_.end() || claim->second.account != account) {
        violate("accounts", text_of(key) + " is an account's without a claim");
      }
    }
    for (const auto& [key, claim] : claim_by_key_) {
      if (claim.holds && !owner_by_key_.contains(key)) {
        violate("accounts", text_of(key) + " is lost: claimed for an account that has it not");
      }
    }
  }

 private:
  using OpenClaim = std::pair<ClaimKey, std::uint64_t>;

  template <class Visit>
  void for_all_rows(storage::StreamId stream, std::string_view prefix, Visit visit) {
    for (std::uint32_t group = 0; group < scene_.world().groups(); ++group) {
      if (const auto copy = newest_copy(scene_.world(), GroupId{group})) {
        // What cannot be read is for the checker of error lines.
        static_cast<void>(
            copy->rows(stream, prefix, [&](std::string_view key, BytesView value) -> Result<void> {
              visit(key, value);
              return {};
            }));
      }
    }
  }

  void look_at_open(const Claim& claim, const std::map<OpenClaim, Instant>& before) {
    const OpenClaim open{claim.key, claim.number};
    const auto known = before.find(open);
    const auto since = known == before.end() ? scene_.now() : known->second;
    open_since_.emplace(open, since);
    if (since + settled_within < scene_.now() && told_.insert(open).second) {
      violate("accounts", text_of(claim.key) + " is being given away for ever");
    }
  }

  void own(const ClaimKey& key, const AccountId& account) {
    const auto [at, is_first] = owner_by_key_.try_emplace(key, account);
    if (!is_first && at->second != account) {
      violate("accounts", text_of(key) + " belongs to two accounts");
    }
  }

  void note_owned(std::string_view key, BytesView value) {
    constexpr std::size_t own_bytes = sizeof(directory::Bucket) + 1 + sizeof(AccountId::bytes);
    if (key.size() != own_bytes) {
      return;
    }
    const char kind = key[sizeof(directory::Bucket)];
    if (kind == 'a') {
      if (const auto state = decode<directory::AccountState>(value)) {
        own(directory::claim_on_name(state.value().name), state.value().account);
        own(directory::claim_on_recovery(state.value().recovery), state.value().account);
      }
    } else if (kind == 'd' && value.size() == sizeof(AccountId::bytes)) {
      ClaimKey device{ClaimKind::device, {}};
      AccountId account;
      const auto id = key.substr(key.size() - device.id.bytes.size());
      std::copy(id.begin(), id.end(), device.id.bytes.begin());
      std::copy(value.begin(), value.end(), account.bytes.begin());
      own(device, account);
    }
  }

  void note_claim(std::string_view key, BytesView value) {
    const bool is_claim =
        key.front() == directory::open_claim_prefix || key[sizeof(directory::Bucket)] == 'h';
    const auto claim = is_claim ? decode<Claim>(value) : Result<Claim>(Error{});
    if (claim) {
      claim_by_key_.insert_or_assign(claim.value().key, claim.value());
    }
  }

  std::map<OpenClaim, Instant> open_since_;  ///< As far as there were no faults.
  std::set<OpenClaim> told_;
  std::map<ClaimKey, AccountId> owner_by_key_;
  std::map<ClaimKey, Claim> claim_by_key_;
};

}  // namespace

std::unique_ptr<Checker> ownership_checker(Scene& scene) {
  return std::make_unique<Ownership>(scene);
}

}  // namespace hearth::sim
