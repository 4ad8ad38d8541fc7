#include "nodes/cli/account/revocation.hpp"

#include "messages/seal/identity.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/roles/homes_session.hpp"
#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <poll.h>
#include <string_view>

namespace hearth::cli::account {

namespace {

constexpr std::chrono::seconds confirmation_patience{10};  // a home asks every 5 s
constexpr std::chrono::seconds arrival_patience{4};        // of a session with a home
constexpr Millis show_patience{5000};
constexpr Millis pause{500};

std::string_view name_of(Hearing hearing) {
  switch (hearing) {
    case Hearing::confirmed: return "confirmed";
    case Hearing::waiting: return "waiting";
    case Hearing::offline: break;
  }
  return "offline";
}

std::string explanation_of(Hearing hearing, std::string_view confirmed) {
  switch (hearing) {
    case Hearing::confirmed: return fmt::format("confirmed: {}", confirmed);
    case Hearing::waiting: return "not confirmed yet: hears of it within 5 s of asking a directory";
    case Hearing::offline: break;
  }
  return "offline: hears of it within 5 s of being back, and serves nobody after 24 h alone";
}

bool is_worth_waiting(const std::vector<HomeHearing>& homes) {
  return std::any_of(homes.begin(), homes.end(),
                     [](const auto& home) { return home.hearing == Hearing::waiting; });
}

void take(const client::HomesView& view, std::uint64_t sequence, std::vector<HomeHearing>& homes) {
  for (auto& [home, hearing] : homes) {
    const auto id = seal::node_id_of(home.keys.signing);
    const auto shown = std::find_if(view.homes.begin(), view.homes.end(),
                                    [&](const auto& each) { return each.home == id; });
    if (hearing != Hearing::confirmed && shown != view.homes.end()) {
      hearing = !shown->online                       ? Hearing::offline
                : shown->account_sequence < sequence ? Hearing::waiting
                                                     : Hearing::confirmed;
    }
  }
}

}  // namespace

bool is_everywhere(const std::vector<HomeHearing>& homes) {
  return std::all_of(homes.begin(), homes.end(),
                     [](const auto& home) { return home.hearing == Hearing::confirmed; });
}

std::vector<HomeHearing> ask_homes(const OwnDevice& own, std::vector<HomeHearing> homes,
                                   std::uint64_t sequence) {
  if (homes.empty()) {
    return homes;
  }
  const auto begin = std::chrono::steady_clock::now();
  HomesSession session(own.identity, own.nodes);
  for (auto passed = begin - begin; !is_everywhere(homes) && passed < confirmation_patience &&
                                    (passed < arrival_patience || is_worth_waiting(homes));
       passed = std::chrono::steady_clock::now() - begin) {
    if (const auto view = session.show(show_patience)) {
      take(view.value(), sequence, homes);
    }
    if (!is_everywhere(homes)) {
      ::poll(nullptr, 0, static_cast<int>(pause.count()));
    }
  }
  return homes;
}

std::vector<HomeHearing> unknown_homes(const client::DevicesListed& account) {
  std::vector<HomeHearing> homes;
  for (const auto& device : account.devices) {
    if (device.kind == directory::DeviceKind::home) {
      homes.push_back({device, Hearing::offline});
    }
  }
  return homes;
}

std::string hearings_table(const std::vector<HomeHearing>& homes, std::string_view confirmed) {
  std::string text;
  for (const auto& [home, hearing] : homes) {
    text +=
        fmt::format("home      {}: {}\n", printable(home.name), explanation_of(hearing, confirmed));
  }
  return text;
}

std::string hearings_json(const std::vector<HomeHearing>& homes) {
  std::vector<std::string> all;
  for (const auto& [home, hearing] : homes) {
    all.push_back(json_object({{"id", json_text(to_text(seal::node_id_of(home.keys.signing)))},
                               {"name", json_text(home.name)},
                               {"state", json_text(name_of(hearing))}}));
  }
  return json_array(all);
}

std::string to_table(const Revocation& revocation) {
  return fmt::format("revoked   {}\n", printable(revocation.device.name)) +
         hearings_table(revocation.homes, "it serves the device no more");
}

std::string to_json(const Revocation& revocation) {
  const auto& device = revocation.device;
  return json_object({{"revoked", json_text(to_text(seal::node_id_of(device.keys.signing)))},
                      {"name", json_text(device.name)},
                      {"confirmed", json_bool(is_everywhere(revocation.homes))},
                      {"homes", hearings_json(revocation.homes)}});
}

}  // namespace hearth::cli::account
