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

constexpr double guests_bytes_per_s = 60'000;
constexpr std::uint64_t end_of_a_track = 100'000;  ///< Played in a moment.
constexpr std::size_t guests_streams_max = 6;      ///< Of one client: they last for minutes.
constexpr std::uint64_t looks_to_a_change = 8;
constexpr std::uint64_t grants_to_one_again = 64;
constexpr std::uint64_t albums_to_a_whole_home = 64;

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

/// Another album, for good or for some seconds, or all; once they have shared it, they rather take
/// something back and leave it so, that what has ended stays ended for longer than it may be shown.
void Town::share(SimNode& manager, SimNode& home, const AccountId& grantee) {
  directory::ShareGranted share{grantee, home.id(), {}, 0};
  if (random_.below(albums_to_a_whole_home) != 0) {
    const auto& path = drawn_file(home, random_).path;
    share.folder =
        seal::folder_id(seal::folder_key(home.member().self.signing_seed),
                        home::item_id_of(Media::folder, path.substr(0, path.rfind('/'))));
  }
  std::vector<std::uint64_t> live;
  bool is_known = false;
  for (const auto& kept : record_.shares().all()) {
    if (kept.manager == manager.id()) {
      is_known |= kept.granted.home == home.id() && kept.granted.folder == share.folder;
      if (kept.number != 0 && !kept.revoke_sent_at && kept.granted.expires_ms == 0) {
        live.push_back(kept.number);
      }
    }
  }
  if (is_known && random_.below(grants_to_one_again) != 0) {
    if (live.size() > 1 && random_.below(4) == 0) {  // what expires is left to do so
      command(manager, client::RevokeShare{live[random_.below(live.size())]});
    }
    return;
  }
  if (random_.below(2) == 0) {
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
  const auto& file = drawn_file(home, random_);
  const auto item = home::item_id_of(Media::folder, file.path);
  switch (random_.below(4)) {
    case 0: guest.client()->browse(home.id()); break;
    case 1:
      guest.client()->look({home.id(), home::SearchItems{std::string(plaintext_marker), {}, 50}});
      break;
    case 2: guest.client()->look({home.id(), home::ShowItem{item}}); break;
    default:
      if (guest.client()->playing() < guests_streams_max) {
        const bool is_short = random_.below(2) == 0 && file.size > end_of_a_track;
        guest.client()->play(++playback_last_, home.id(), item,
                             is_short ? file.size - end_of_a_track : 0, guests_bytes_per_s);
      }
  }
}

}  // namespace hearth::sim
