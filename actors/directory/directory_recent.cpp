// DirectoryMachine: what may be a little old, from the rows that are here.

#include "actors/directory/account_rows.hpp"
#include "actors/directory/chain_rows.hpp"
#include "actors/directory/directory_machine.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/probe.hpp"
#include "messages/seal/random.hpp"
#include "messages/seal/ticket.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace hearth::directory {

namespace {

/// What need not be the newest: tickets are short-lived, and a home takes no chain that is shorter
/// than its own.
bool may_be_recent(const Question& question) {
  const auto kind = question.header.kind;
  if (kind == MessageKind::fetch_chain) {
    const auto request = unpack<FetchChain>(question.envelope);
    return request && request.value().recovery.is_zero() &&
           (question.asker.role == Role::home || !request.value().account.is_zero());
  }
  return kind == MessageKind::list_homes || kind == MessageKind::request_ticket ||
         kind == MessageKind::find_account;
}

Error unknown_device() {
  return {ErrorCode::device_unknown, "device is enrolled in no account"};
}

}  // namespace

bool DirectoryMachine::is_recent(GroupId group, Instant now) const {
  const auto port = config_.groups.find(group);
  const auto since = port == config_.groups.end() ? Instant{} : port->second.recent_since();
  return since != Instant{} && now - since <= recent;
}

/// Rows that cannot be read vouch for nobody: the account's group is asked.
bool DirectoryMachine::signs(const AccountId& account, const SigningKey& key, Instant now) {
  const auto group = config_.map->get()->group_of(bucket_of(account.view()));
  if (!is_recent(group, now)) {
    return false;
  }
  const auto found = account_here(account);
  return found && found.value() != nullptr &&
         (key == found.value()->state().recovery ||
          found.value()->require_manager(seal::node_id_of(key)));
}

std::optional<Result<Envelope>> DirectoryMachine::answer_recent(const Question& question,
                                                                Instant now) {
  const auto& device = question.asker.node;
  const auto map = config_.map->get();
  if (!may_be_recent(question) || !is_recent(map->group_of(bucket_of(device.view())), now)) {
    return std::nullopt;
  }
  const auto claim = claim_on(claim_on_device(device));
  if (!claim || !claim.value()) {
    return claim ? unknown_device() : Result<Envelope>(claim.error());
  }
  const auto& id = claim.value()->account;
  const auto group = map->group_of(bucket_of(id.view()));
  if (!is_recent(group, now)) {
    return std::nullopt;
  }
  const auto account = account_here(id);
  if (!account || account.value() == nullptr) {
    return account ? unknown_device() : Result<Envelope>(account.error());
  }
  const bool is_member = account.value()->find(device) != nullptr;
  HEARTH_PROBE(!is_member, "directory: a device that is no member any longer asks");
  return is_member ? answer_from(*account.value(), question, now) : unknown_device();
}

Result<Envelope> DirectoryMachine::answer_from(const chain::AccountChain& account,
                                               const Question& question, Instant now) {
  const auto& [asker, envelope, header] = question;
  const auto with = [&]<class Message>(std::type_identity<Message>, auto handle) {
    const auto message = unpack<Message>(envelope);
    return message ? answer_envelope(header, handle(message.value()))
                   : Result<Envelope>(message.error());
  };
  switch (header.kind) {
    case MessageKind::list_homes: return answer_envelope(header, list_homes(account));
    case MessageKind::fetch_chain:
      return with(std::type_identity<FetchChain>{},
                  [&](const auto& m) { return fetch_chain(account, asker, m, now); });
    case MessageKind::find_account:
      return with(std::type_identity<FindAccount>{},
                  [&](const auto& m) { return find_account(account, asker, m, now); });
    default:
      return with(std::type_identity<RequestTicket>{},
                  [&](const auto& m) { return issue_ticket(account, asker, m, now); });
  }
}

Result<ChainPage> DirectoryMachine::fetch_chain(const chain::AccountChain& account,
                                                const Asker& asker, const FetchChain& request,
                                                Instant now) {
  const auto& id = account.state().account;
  if (!request.account.is_zero() && request.account != id) {
    return fetch_other(account, asker, request, now);
  }
  const auto& port = config_.groups.at(config_.map->get()->group_of(bucket_of(id.view())));
  return read_chain(*port.rows, AccountGroup::stream, id, request.after);
}

Result<HomesListed> DirectoryMachine::list_homes(const chain::AccountChain& account) const {
  HomesListed listed;
  for (const auto& [id, number, device] : account.members()) {
    if (device.kind == DeviceKind::home) {
      listed.homes.push_back({device.keys, presence_.super_peers_of(id)});
    }
  }
  listed.length = account.state().length;
  const auto added = add_shared_homes(account.state().account, listed);
  return added ? Result<HomesListed>(std::move(listed)) : added.error();
}

Result<TicketIssued> DirectoryMachine::issue_ticket(const chain::AccountChain& account,
                                                    const Asker& asker,
                                                    const RequestTicket& request, Instant now) {
  const auto* home = account.find(request.home);
  const auto shared = home == nullptr ? is_shared_with(request.home, account.state().account, now)
                                      : Result<bool>(false);
  if (!shared) {
    return shared.error();
  }
  if (!shared.value() && (home == nullptr || home->kind != DeviceKind::home)) {
    return Error{ErrorCode::home_unknown, "no such home in this account"};
  }
  auto super_peers = presence_.super_peers_of(request.home);
  if (super_peers.empty()) {
    HEARTH_PROBE(true, "directory: a ticket is asked for a home that is away");
    return Error{ErrorCode::home_offline, "home is attached to no super-peer"};
  }
  super_peers.resize(std::min(super_peers.size(), limits::super_peers_per_ticket_max));
  const auto time = clock_.now();
  seal::Ticket ticket;
  ticket.issuer = config_.self.id;
  ticket.client = asker.node;
  ticket.client_exchange = account.find(asker.node)->keys.exchange;
  ticket.home = request.home;
  ticket.super_peers = std::move(super_peers);
  ticket.not_before = time;
  ticket.not_after = time + limits::ticket_life;
  ticket.serial = seal::random_u64();
  return TicketIssued{seal::sign_ticket(ticket, config_.self.signing_seed)};
}

}  // namespace hearth::directory
