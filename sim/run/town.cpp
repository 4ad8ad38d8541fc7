#include "sim/run/town.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr double bytes_per_mbit = 125'000;
constexpr Millis look_after_streams{1000};
constexpr Millis revocations_within{5000};
constexpr double quiet_rate_mbit = 0.1;
constexpr auto player = directory::DeviceKind::player;
/// One page in so many is asked of a home of another household.
constexpr std::uint64_t pages_to_a_prying_one = 16;

directory::Device device_of(const SimNode& node, directory::DeviceKind kind) {
  return {node.member().self.keys, kind, node.name()};
}

}  // namespace

Town::Town(const WorldOptions& options) : world_(options, record_), random_(world_.fork("people")) {
  record_.attach(world_);
}

Town::~Town() {
  stop();
}

bool Town::found(Millis patience) {
  world_.boot_all();
  const auto end = world_.engine().now() + patience;
  const auto idle = [this] { return record_.accounts().idle(); };
  for (const auto& household : world_.households()) {
    auto& manager = *household.clients.front();
    command(manager, client::CreateAccount{household.account, household.recovery.keys.signing,
                                           device_of(manager, directory::DeviceKind::manager)});
  }
  if (!world_.run_until(end, idle)) {
    return false;
  }
  for (const auto& household : world_.households()) {
    auto& manager = *household.clients.front();
    for (auto* client : household.clients) {
      if (client->spec().role == drill::Role::gateway) {  // sends no account commands of its own
        command(manager, client::EnrolDevice{device_of(*client, player)});
      } else if (client != &manager) {
        command(*client, directory::OfferPairing{device_of(*client, player)});
      }
    }
    for (const auto* home : household.homes) {
      command(manager, client::EnrolDevice{device_of(*home, directory::DeviceKind::home)});
    }
  }
  if (!world_.run_until(end, idle)) {
    return false;
  }
  approve_offers();
  if (!world_.run_until(end, idle)) {
    return false;
  }
  try_used_codes();
  covet_neighbours_devices();
  return world_.run_until(end, idle);
}

void Town::approve_offers() {
  for (const auto& household : world_.households()) {
    for (const auto* client : household.clients) {
      if (const auto code = record_.accounts().offered_code(client->id())) {
        command(*household.clients.front(),
                client::ApprovePairing{*code, device_of(*client, player)});
      }
    }
  }
}

/// Somebody next door has read a code over a shoulder.
void Town::try_used_codes() {
  const auto& households = world_.households();
  for (std::size_t i = 0; i < households.size(); ++i) {
    const auto& last = *households[i].clients.back();
    if (const auto code = record_.accounts().offered_code(last.id())) {
      command(*households[(i + 1) % households.size()].clients.front(),
              directory::ShowPairing{*code});
    }
  }
}

/// A device is of one household, whatever others want: all are enrolled by now.
void Town::covet_neighbours_devices() {
  const auto& households = world_.households();
  for (std::size_t i = 0; i + 1 < households.size(); ++i) {
    const auto& next_door = households[i + 1].clients;
    if (next_door.size() > 1) {
      command(*households[i].clients.front(),
              client::EnrolDevice{device_of(*next_door.back(), player)});
    }
  }
}

bool Town::everybody_browses(Millis patience) {
  const auto end = world_.engine().now() + patience;
  record_.expect_pages();
  while (world_.engine().now() < end) {
    for (const auto& household : world_.households()) {
      for (auto* client : household.clients) {
        for (const auto* home : household.homes) {
          if (client->client() != nullptr && !record_.is_revoked(client->id())) {
            client->client()->browse(home->id());
          }
        }
      }
    }
    world_.run_for(1s);
    if (record_.all_have_pages()) {
      return true;
    }
  }
  return false;
}

bool Town::everybody_plays(Millis patience) {
  const auto begun = [this] {
    const auto found = record_.counters().find("first byte");
    return found == record_.counters().end() ? 0 : found->second;
  };
  auto wanted = begun();
  for (const auto& household : world_.households()) {
    for (auto* client : household.clients) {
      for (auto* home : household.homes) {
        if (client->client() != nullptr && !record_.is_revoked(client->id())) {
          play(*client, *home, quiet_rate_mbit);
          ++wanted;
        }
      }
    }
  }
  return world_.run_until(world_.engine().now() + patience, [&] { return begun() >= wanted; });
}

void Town::rescan_everything(Millis patience) {
  std::size_t waits = 0;
  for (const auto& household : world_.households()) {
    for (const auto* home : household.homes) {
      ++waits;
      household.clients.front()->client()->ask(
          client::AskHome{home->id(), home::StartRescan{}},
          [&waits](const Result<client::Answer>&) { --waits; });
    }
  }
  static_cast<void>(
      world_.run_until(world_.engine().now() + patience, [&waits] { return waits == 0; }));
  world_.run_for(3s);
}

bool Town::list_devices(Millis patience) {
  for (const auto& household : world_.households()) {
    command(*household.clients.front(), client::ListDevices{});
  }
  return world_.run_until(world_.engine().now() + patience,
                          [this] { return record_.accounts().idle(); });
}

// ---- workload ----

void Town::begin(const drill::Workload& workload) {
  going_ = std::make_shared<int>();
  every(workload.browse_per_s, [this] { browse(); });
  every(workload.commands_per_s, [this] { manage(); });
  every(workload.rescans_per_s, [this] { rescan(); });
  every(workload.share_changes_per_s, [this] { change_shares(); });
  for (std::uint32_t i = 0; i < workload.revocations; ++i) {
    world_.engine().befall(
        Millis(random_.below(static_cast<std::uint64_t>(revocations_within.count()))),
        [this] { revoke(); });
  }
  if (workload.streams > 0) {
    every(1000.0 / static_cast<double>(look_after_streams.count()),
          [this, workload] { top_up_streams(workload); });
  }
}

void Town::stop() {
  going_.reset();
}

/// Poisson: people do not take turns.
void Town::every(double per_second, const std::function<void()>& act) {
  if (per_second <= 0) {
    return;
  }
  const double uniform = (static_cast<double>(random_.below(1'000'000)) + 1) / 1'000'001;
  const auto wait =
      std::chrono::nanoseconds(static_cast<std::int64_t>(-std::log(uniform) * 1e9 / per_second));
  world_.engine().befall(wait, [this, weak = std::weak_ptr(going_), per_second, act] {
    if (!weak.expired()) {
      act();
      every(per_second, act);
    }
  });
}

SimNode* Town::drawn_client() {
  const auto& households = world_.households();
  const auto& household = households[random_.below(households.size())];
  auto* client = household.clients[random_.below(household.clients.size())];
  return client->client() == nullptr ? nullptr : client;
}

void Town::browse() {
  auto* client = drawn_client();
  if (client == nullptr) {
    return;
  }
  const auto& households = world_.households();
  const bool pries = random_.below(pages_to_a_prying_one) == 0;
  const auto& homes = pries ? households[random_.below(households.size())].homes
                            : world_.household_of(*client).homes;
  client->client()->browse(homes[random_.below(homes.size())]->id());
}

/// Mostly new devices, sometimes another name or a revocation, sometimes a look.
void Town::manage() {
  const auto& households = world_.households();
  auto& manager = *households[random_.below(households.size())].clients.front();
  const auto what = random_.below(4);
  if (what == 0) {
    command(manager, client::ListDevices{});
    return;
  }
  const auto mine = std::find_if(spares_.begin(), spares_.end(),
                                 [&](const auto& spare) { return spare.first == &manager; });
  if (what == 1 && mine != spares_.end()) {
    command(manager, client::RevokeDevice{mine->second});
    spares_.erase(mine);
    return;
  }
  if (what == 2 && mine != spares_.end() && renamed_.insert(mine->second).second) {
    command(manager, client::RenameDevice{mine->second, "renamed"});
    return;
  }
  directory::Device spare;
  const auto keys = seal::Identity::generate();
  spare.keys = keys.keys;
  spare.kind = directory::DeviceKind::player;
  spare.name = fmt::format("spare {}", ++spare_last_);
  spares_.emplace_back(&manager, keys.id);
  command(manager, client::EnrolDevice{spare});
}

/// Somebody loses a device that is in use: the last of a household that has several.
void Town::revoke() {
  for (const auto& household : world_.households()) {
    const auto& client = *household.clients.back();
    auto& manager = *household.clients.front();
    if (&client != &manager && manager.client() != nullptr && !record_.is_revoked(client.id())) {
      command(manager, client::RevokeDevice{client.id()});
      return;
    }
  }
}

void Town::rescan() {
  auto* client = drawn_client();
  if (client == nullptr) {
    return;
  }
  const auto& homes = world_.household_of(*client).homes;
  auto& home = *homes[random_.below(homes.size())];
  home.media().add(world_.engine().now().time_since_epoch().count());
  record_.media_changed(home);
  client->client()->ask(client::AskHome{home.id(), home::StartRescan{}},
                        [](const Result<client::Answer>&) {});
}

void Town::top_up_streams(const drill::Workload& workload) {
  std::size_t playing = 0;
  for (const auto& household : world_.households()) {
    for (auto* client : household.clients) {
      playing += client->client() == nullptr ? 0 : client->client()->playing();
    }
  }
  for (; playing < workload.streams; ++playing) {
    auto* client = drawn_client();
    if (client == nullptr) {
      return;
    }
    const auto& homes = world_.household_of(*client).homes;
    play(*client, *homes[random_.below(homes.size())], workload.rate_mbit);
  }
}

void Town::play(SimNode& client, SimNode& home, double rate_mbit) {
  const auto& files = home.media().files();
  if (files.empty() || client.client() == nullptr) {
    return;
  }
  const auto& file =
      std::next(files.begin(), static_cast<std::ptrdiff_t>(random_.below(files.size())))->second;
  client.client()->play(++playback_last_, home.id(), home::item_id_of(Media::folder, file.path),
                        random_.below(file.size / 2), rate_mbit * bytes_per_mbit);
}

}  // namespace hearth::sim
