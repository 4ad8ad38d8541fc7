#include "sim/promises/share_record.hpp"

#include "sim/world/clock.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <fmt/format.h>

namespace hearth::sim {

namespace {

template <class Wish>
const Wish* wished(const client::AccountCommand& command) {
  const auto* wish = std::get_if<client::Wish>(&command.request);
  return wish == nullptr ? nullptr : std::get_if<Wish>(wish);
}

Instant end_of(const directory::ShareGranted& share) {
  return share.expires_ms == 0 ? Instant::max()
                               : Instant(WallTime(Millis(share.expires_ms)) - SimClock::beginning);
}

}  // namespace

void ShareRecord::sent(const NodeId& manager, const client::AccountCommand& command, Instant at) {
  if (const auto* grant = wished<client::GrantShare>(command)) {
    kept_.push_back({0, manager, grant->share, at, {}, {}, {}});
  } else if (const auto* revoke = wished<client::RevokeShare>(command)) {
    for (auto& kept : kept_) {
      if (kept.manager == manager && kept.number == revoke->share && !kept.revoke_sent_at) {
        kept.revoke_sent_at = at;
      }
    }
  }
  waiting_.emplace(command.id, Sent{manager, command, at});
}

void ShareRecord::answered(const client::AccountAnswer& answer, Instant at) {
  const auto found = waiting_.extract(answer.id);
  if (!found || !answer.answer) {
    return;
  }
  const auto& sent = found.mapped();
  const auto& reply = answer.answer.value();
  if (wished<client::CreateAccount>(sent.command) != nullptr) {
    if (const auto* appended = std::get_if<directory::EventAppended>(&reply)) {
      account_by_manager_[sent.manager] = appended->account;
    }
  } else if (wished<client::GrantShare>(sent.command) != nullptr) {
    granted(sent, reply, at);
  } else if (const auto* revoke = wished<client::RevokeShare>(sent.command)) {
    for (auto& kept : kept_) {
      if (kept.manager == sent.manager && kept.number == revoke->share) {
        kept.revoked_at = kept.revoked_at.value_or(at);
      }
    }
  } else if (const auto* listed = std::get_if<client::DevicesListed>(&reply)) {
    compare(sent, *listed);
  }
}

void ShareRecord::granted(const Sent& sent, const client::AccountReply& reply, Instant at) {
  const auto* appended = std::get_if<directory::EventAppended>(&reply);
  const auto& wanted = wished<client::GrantShare>(sent.command)->share;
  for (auto& kept : kept_) {
    if (appended != nullptr && kept.number == 0 && kept.manager == sent.manager &&
        kept.sent_at == sent.at && kept.granted == wanted) {
      kept.number = appended->number;
      kept.granted_at = at;
      return;
    }
  }
}

std::optional<AccountId> ShareRecord::account_of(const NodeId& manager) const {
  const auto found = account_by_manager_.find(manager);
  return found == account_by_manager_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Instant> ShareRecord::shared_until(const AccountId& grantee, const NodeId& home,
                                                 const std::optional<FolderId>& folder) const {
  std::optional<Instant> until;
  for (const auto& kept : kept_) {
    const auto& share = kept.granted;
    const bool has_it = !folder || share.folder.is_zero() || share.folder == *folder;
    if (share.home == home && share.grantee == grantee && has_it) {
      const auto end = std::min(end_of(share), kept.revoked_at.value_or(Instant::max()));
      until = std::max(until.value_or(end), end);
    }
  }
  return until;
}

/// Of what was acknowledged before the list was asked for. The same share, wished again, has one
/// number.
void ShareRecord::compare(const Sent& sent, const client::DevicesListed& listed) {
  for (const auto& kept : kept_) {
    if (kept.manager != sent.manager || !kept.granted_at || *kept.granted_at >= sent.at) {
      continue;
    }
    const bool is_listed =
        ranges::find(listed.shares, kept.number, &directory::Share::number) != listed.shares.end();
    const bool is_revoked = kept.revoked_at && *kept.revoked_at < sent.at;
    const bool is_waited_for = kept.revoke_sent_at && !is_revoked;
    if (is_listed == is_revoked && !is_waited_for) {
      lost_ = fmt::format("share {} was {} and the list says otherwise", kept.number,
                          is_revoked ? "revoked" : "granted");
    }
  }
}

}  // namespace hearth::sim
