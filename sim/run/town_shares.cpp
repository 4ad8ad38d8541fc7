// Town: what people share with their neighbours, and what these make of it.

#include "messages/seal/folder_id.hpp"
#include "sim/run/town.hpp"
#include "sim/world/clock.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr double guests_rate_mbit = 0.1;
constexpr std::uint64_t looks_to_a_change = 4;

const MediaFile& drawn_file(SimNode& home, Random& random) {
  const auto& files = home.media().files();
  return std::next(files.begin(), static_cast<std::ptrdiff_t>(random.below(files.size())))->second;
}

}  // namespace

/// Mostly a neighbour who looks and plays, what is shared and what is not.
void Town::change_shares() {
  const auto& households = world_.households();
  if (households.size() < 2) {
    return;
  }
  const auto i = random_.below(households.size());
  const auto& owners = households[i];
  const auto& neighbours = households[(i + 1) % households.size()];
  auto& home = *owners.homes[random_.below(owners.homes.size())];
  const auto grantee = record_.shares().account_of(neighbours.clients.front()->id());
  if (!grantee || home.media().files().empty()) {
    return;
  }
  if (random_.below(looks_to_a_change) == 0) {
    share(*owners.clients.front(), home, *grantee);
  } else {
    look_next_door(*neighbours.clients[random_.below(neighbours.clients.size())], home);
  }
}

/// Another album, for good or for some seconds, or all; or one of the shares ends.
void Town::share(SimNode& manager, SimNode& home, const AccountId& grantee) {
  std::vector<std::uint64_t> live;
  for (const auto& kept : record_.shares().all()) {
    if (kept.manager == manager.id() && kept.number != 0 && !kept.revoke_sent_at) {
      live.push_back(kept.number);
    }
  }
  if (live.size() > 1 && random_.below(2) == 0) {
    command(manager, client::RevokeShare{live[random_.below(live.size())]});
    return;
  }
  directory::ShareGranted share{grantee, home.id(), {}, 0};
  const auto& path = drawn_file(home, random_).path;
  if (random_.below(8) != 0) {
    share.folder =
        seal::folder_id(seal::folder_key(home.member().self.signing_seed),
                        home::item_id_of(Media::folder, path.substr(0, path.rfind('/'))));
  }
  if (random_.below(4) == 0) {
    const auto passed =
        std::chrono::duration_cast<Millis>(world_.engine().now().time_since_epoch());
    const auto lasts = Millis(static_cast<std::int64_t>(random_.between(5, 30)) * 1000);
    share.expires_ms = (SimClock::beginning + passed + lasts).time_since_epoch().count();
  }
  command(manager, client::GrantShare{share});
}

void Town::look_next_door(SimNode& guest, SimNode& home) {
  if (guest.client() == nullptr) {
    return;
  }
  const auto item = home::item_id_of(Media::folder, drawn_file(home, random_).path);
  switch (random_.below(4)) {
    case 0: guest.client()->browse(home.id()); break;
    case 1:
      guest.client()->look({home.id(), home::SearchItems{std::string(plaintext_marker), {}, 50}});
      break;
    case 2: guest.client()->look({home.id(), home::ShowItem{item}}); break;
    default: play(guest, home, guests_rate_mbit);
  }
}

}  // namespace hearth::sim
