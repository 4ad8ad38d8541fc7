// share create|ls|revoke

#include "messages/seal/identity.hpp"
#include "messages/seal/key_words.hpp"
#include "nodes/cli/account/commands.hpp"
#include "nodes/cli/account/questions.hpp"
#include "nodes/cli/account/revocation.hpp"
#include "nodes/cli/account/share_text.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/roles/homes_session.hpp"
#include "nodes/support/exit_code.hpp"
#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <optional>
#include <unistd.h>
#include <utility>

namespace hearth::cli::account {

namespace {

constexpr Millis home_patience{12'000};

std::int64_t now_ms() {
  return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

NodeId id_of(const directory::Device& device) {
  return seal::node_id_of(device.keys.signing);
}

Result<std::int64_t> expiry_of(const AccountFlags& flags) {
  if (flags.expires.empty()) {
    return std::int64_t{0};
  }
  const auto duration = read_duration(flags.expires);
  return duration ? Result<std::int64_t>(now_ms() + Millis(duration.value()).count())
                  : duration.error();
}

/// Whoever shares has seen with whom: a name is a directory's word, the words are the account's.
Result<void> consent(const AccountFlags& flags, const GivenShare& wanted) {
  const auto& granted = wanted.share.granted;
  write_stderr(fmt::format("account   {}\nwords     {}\nshares    {}:{}\n",
                           printable(wanted.grantee), seal::account_words(granted.grantee),
                           printable(wanted.home),
                           granted.folder.is_zero() ? "all" : printable(wanted.folder)));
  if (flags.yes) {
    return {};
  }
  if (::isatty(STDIN_FILENO) == 0) {
    return Error{ErrorCode::value_invalid, "sharing wants a person at a terminal, or --yes"};
  }
  write_stderr("Does `hearth account show` say the same words there, and may it see this? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes"
             ? Result<void>()
             : Error{ErrorCode::not_allowed, "nothing is shared"};
}

/// What is to be shared, before anybody is told. Each session is over before the next: of two
/// connections of one device directories keep the newer one.
Result<GivenShare> wanted_share(const OwnDevice& own, const AccountFlags& flags) {
  const auto expires = expiry_of(flags);
  if (!expires) {
    return expires.error();
  }
  GivenShare wanted;
  std::optional<SharePlace> place;
  {
    auto session = session_of(own);
    const auto listed = own_account(session);
    auto found = listed ? find_place(listed.value().devices, flags.place)
                        : Result<SharePlace>(listed.error());
    if (!found) {
      return found.error();
    }
    place = std::move(found.value());
    const auto account =
        session.ask<directory::AccountFound>(directory::FindAccount{flags.grantee, {}}, patience);
    if (!account) {
      return explained(account.error(), fmt::format("account \"{}\"", printable(flags.grantee)));
    }
    wanted.grantee = account.value().name;
    wanted.share.granted = {account.value().account, id_of(place->home), {}, expires.value()};
  }
  wanted.home = place->home.name;
  wanted.folder = place->folder;
  if (!place->folder.empty()) {
    HomesSession homes(own.identity, own.nodes);
    const auto folder = homes.find_folder(id_of(place->home), {place->folder, {}}, home_patience);
    if (!folder) {
      return explained(folder.error(), fmt::format("folder \"{}\" of {}", printable(place->folder),
                                                   printable(place->home.name)));
    }
    wanted.share.granted.folder = folder.value().folder;
  }
  return wanted;
}

/// Names are for people: what cannot be asked now is left out.
std::vector<GivenShare> with_names(DirectorySession& session,
                                   const client::DevicesListed& account) {
  std::map<AccountId, std::string> names;
  std::vector<GivenShare> given;
  for (const auto& share : account.shares) {
    const auto& grantee = share.granted.grantee;
    if (!names.contains(grantee)) {
      const auto found =
          session.ask<directory::AccountFound>(directory::FindAccount{{}, grantee}, patience);
      names[grantee] = found ? found.value().name : std::string();
    }
    const auto home =
        std::find_if(account.devices.begin(), account.devices.end(),
                     [&](const auto& device) { return id_of(device) == share.granted.home; });
    given.push_back(
        {share, home == account.devices.end() ? std::string() : home->name, names[grantee], {}});
  }
  return given;
}

void add_folders(HomesSession& session, const std::vector<client::HomeView>& homes,
                 std::vector<GivenShare>& given) {
  for (auto& each : given) {
    const auto& granted = each.share.granted;
    const bool is_there = std::any_of(homes.begin(), homes.end(), [&](const auto& home) {
      return home.home == granted.home && home.online;
    });
    if (is_there && !granted.folder.is_zero()) {
      const auto found = session.find_folder(granted.home, {{}, granted.folder}, home_patience);
      each.folder = found ? found.value().path : std::string();
    }
  }
}

}  // namespace

Result<void> create_share(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  auto wanted = wanted_share(own.value(), flags);
  if (!wanted) {
    return wanted.error();
  }
  if (auto agreed = consent(flags, wanted.value()); !agreed) {
    return agreed;
  }
  auto session = session_of(own.value());
  const auto done = session.ask<directory::EventAppended>(
      client::GrantShare{wanted.value().share.granted}, patience);
  if (!done) {
    return explained(done.error(), fmt::format("share of {}", printable(flags.place)));
  }
  wanted.value().share.number = done.value().number;
  fmt::print("{}", flags.json ? to_json(wanted.value(), now_ms()) + "\n"
                              : to_table({wanted.value()}, {}, now_ms()));
  return {};
}

Result<void> list_shares(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  std::vector<GivenShare> given;
  {
    auto session = session_of(own.value());
    const auto listed = own_account(session);
    if (!listed) {
      return listed.error();
    }
    given = with_names(session, listed.value());
  }
  HomesSession session(own.value().identity, own.value().nodes);
  const auto view = session.show(home_patience);
  const auto homes = view ? view.value().homes : std::vector<client::HomeView>{};
  add_folders(session, homes, given);
  fmt::print(
      "{}", flags.json ? to_json(given, homes, now_ms()) + "\n" : to_table(given, homes, now_ms()));
  return {};
}

Result<void> revoke_share(const AccountFlags& flags) {
  auto own = open_device(flags.places);
  if (!own) {
    return own.error();
  }
  const auto what = fmt::format("share {}", flags.share);
  std::optional<DirectorySession> session(std::in_place, own.value().identity, Role::client,
                                          own.value().nodes, own.value().memory);
  const auto before = own_account(*session);
  if (!before) {
    return before.error();
  }
  const auto& shares = before.value().shares;
  const auto share = std::find_if(shares.begin(), shares.end(),
                                  [&](const auto& each) { return each.number == flags.share; });
  if (share == shares.end()) {
    return explained({ErrorCode::share_unknown, {}}, what);
  }
  const auto done =
      session->ask<directory::EventAppended>(client::RevokeShare{flags.share}, patience);
  if (!done) {
    return explained(done.error(), what);
  }
  session.reset();
  auto homes = unknown_homes(before.value());
  std::erase_if(homes, [&](const auto& each) { return id_of(each.home) != share->granted.home; });
  homes = ask_homes(own.value(), std::move(homes), done.value().number);
  if (flags.json) {
    fmt::print("{}\n", json_object({{"revoked", std::to_string(flags.share)},
                                    {"confirmed", json_bool(is_everywhere(homes))},
                                    {"homes", hearings_json(homes)}}));
  } else {
    fmt::print("revoked   share {}\n{}", flags.share,
               hearings_table(homes, "it shows this no more"));
  }
  return {};
}

}  // namespace hearth::cli::account
