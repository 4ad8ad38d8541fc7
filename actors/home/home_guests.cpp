// HomeMachine: devices of other accounts, which see what is shared with them.

#include "actors/home/home_machine.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <algorithm>
#include <utility>

namespace hearth::home {

namespace {

/// A device that its account revoked is cut within this time while a directory is in contact.
constexpr Millis guests_period{20'000};
constexpr Millis guests_first{500};
constexpr Millis guests_retry{5000};
constexpr Millis guests_pause_least{
    2000};  ///< A stranger who knocks must not keep directories busy.
constexpr Millis guests_budget{3000};
constexpr std::size_t asked_at_once_max = 8;

}  // namespace

/// Shares come, go and expire; and a chain that nobody has told anything of for too long is good
/// for nothing.
void HomeMachine::review_guests(Instant now, HomeEffects& effects) {
  const auto time = time_.at(now);
  const auto shares = trust_.shares(time);
  for (const auto& [grantee, live] : shares) {
    if (followed_.try_emplace(grantee, Followed{now, now, {}, {}, 0}).second) {
      wake_within(guests_first, now, effects);
    }
  }
  for (auto& [grantee, followed] : followed_) {
    const auto found = shares.find(grantee);
    const bool is_live = found != shares.end() && now - followed.heard < config_.offline_grace;
    auto live = is_live ? found->second : std::vector<directory::Share>{};
    if (live != std::exchange(followed.shares, live)) {
      cut_guests(grantee, now, effects);
    }
  }
  std::erase_if(followed_, [&](const auto& entry) { return !shares.contains(entry.first); });
  trust(trust_.decide_to_forget(time), effects);
}

/// Streams outlive sessions: of those that go on, what is shared no longer ends.
void HomeMachine::cut_guests(const AccountId& grantee, Instant now, HomeEffects& effects) {
  for (const auto& device : trust_.devices_of(grantee)) {
    const auto id = seal::node_id_of(device.keys.signing);
    if (!HEARTH_MUTANT("keep-a-guests-stream")) {
      effects.commands.emplace_back(EndStreams{id, scope_of(id, now)});
    }
  }
}

/// What is shared with the account of `client`, if that is a guest's device.
std::vector<FolderId> HomeMachine::folders_for(const NodeId& client, Instant now) const {
  std::vector<FolderId> folders;
  const auto guest = trust_.find_guest(client);
  const auto followed = guest ? followed_.find(guest->account) : followed_.end();
  if (followed == followed_.end()) {
    return folders;
  }
  const auto time = time_.at(now);
  for (const auto& share : followed->second.shares) {
    if (chain::is_live(share.granted, time) || HEARTH_MUTANT("shares-never-expire")) {
      folders.push_back(share.granted.folder);
    }
  }
  return folders;
}

LibraryScope HomeMachine::scope_of(const NodeId& client, Instant now) const {
  if (!has_heard(now)) {
    return {};
  }
  return trust_.find(client) != nullptr ? LibraryScope::all()
                                        : library_.scope_of(folders_for(client, now));
}

// ---- their chains ----

void HomeMachine::ask_grantees(const NodeId& directory, Instant now, HomeEffects& effects) {
  std::size_t under_way = 0;
  for (auto& [grantee, followed] : followed_) {
    under_way += followed.token != 0 ? 1 : 0;
    if (followed.token != 0 || now < followed.due || under_way >= asked_at_once_max) {
      continue;
    }
    ++under_way;
    followed.asked = now;
    followed.due = now + guests_period;
    followed.token = ++token_last_;
    effects.asks.push_back(
        {followed.token, directory, guests_budget, link::TrafficClass::command,
         pack(header_to(directory, "accounts"),
              directory::FetchChain{trust_.length_of(grantee), {}, {}, grantee})});
  }
}

/// True: it was the answer to a question about another account.
bool HomeMachine::take_grantee(const Answered& input, Instant now, HomeEffects& effects) {
  const auto found = std::find_if(followed_.begin(), followed_.end(), [&](const auto& entry) {
    return entry.second.token == input.token;
  });
  if (found == followed_.end()) {
    return false;
  }
  auto& [grantee, followed] = *found;
  followed.token = 0;
  followed.due = std::min(followed.due, now + guests_retry);
  const auto page = input.answer ? unpack<directory::ChainPage>(input.answer.value())
                                 : Result<directory::ChainPage>(input.answer.error());
  const auto fresh = page ? trust_.decide_on(grantee, page.value())
                          : Result<std::vector<TrustEvent>>(page.error());
  if (!fresh) {
    HEARTH_PROBE(page.ok(), "home: a guest's account tells another history");
    wake_within(guests_retry, now, effects);
    return true;
  }
  if (page.value().length >= trust_.length_of(grantee)) {
    followed.heard = now;
    followed.due = now + guests_period;
  }
  const auto length = page.value().length;
  const auto account = grantee;
  trust(fresh.value(), effects);
  if (!fresh.value().empty() && length > trust_.length_of(account)) {
    followed.due = now;  // there is more
    ask_directory(now, effects);
  }
  drop_strangers(now, effects);
  return true;
}

/// A device of theirs may have been enrolled a moment ago.
void HomeMachine::hasten_grantees() {
  for (auto& [grantee, followed] : followed_) {
    followed.due = std::min(followed.due, followed.asked + guests_pause_least);
  }
}

}  // namespace hearth::home
