#include "sim/drill/catalogue.hpp"

#include <algorithm>

namespace hearth::drill {
namespace {

constexpr auto within = Tolerance::within;
constexpr auto beyond = Tolerance::beyond;

constexpr CatalogueEntry entries[] = {
    {1, "directory-leader-crash",
     "The directory that leads the accounts dies and starts again five seconds later.", within, ""},
    {2, "directory-leader-pause",
     "A directory's leader stands still for 15 s and goes on, believing that it still leads.",
     within, ""},
    {3, "region-loss-hard",
     "All nodes of one region die at once and stay down for a minute; their disks are kept.",
     within, ""},
    {4, "region-loss-disks-gone", "A region dies with its disks and is rebuilt from the others.",
     within, ""},
    {5, "two-region-loss", "Two of three regions die: the third must fail safe.", beyond, ""},
    {6, "region-evacuation-planned", "A region is emptied on purpose; nobody notices.", within,
     "drain"},
    {7, "region-failback", "A region that was lost comes back, under load.", within, ""},
    {8, "inter-region-partition", "Two regions cannot reach each other; within each all is well.",
     within, ""},
    {9, "one-way-partition", "What one region sends to another is lost; the way back is open.",
     within, ""},
    {10, "swizzle-clog",
     "Half of the service and of the homes fall silent one by one, and come back in another order.",
     within, ""},
    {11, "wan-brownout",
     "Between regions everything takes 300 ms longer, one packet in twenty is lost, and the lines "
     "carry 20 Mbit/s.",
     within, ""},
    {12, "superpeer-crash-midstream",
     "A super-peer dies while it carries streams, and stays down for a minute.", within, ""},
    {13, "superpeer-fleet-half", "Half of the super-peers of every region die at once.", within,
     ""},
    {14, "superpeer-malicious",
     "A super-peer flips, replays, cuts and reorders the bytes that it carries.", within, ""},
    {15, "home-crash-during-scan", "A home dies while it reads its media, and starts again.",
     within, ""},
    {16, "home-power-loss-torn-log",
     "Power fails in five homes; each way in which an unsynced log can be damaged.", within, ""},
    {17, "home-disk-bitrot",
     "Bits flip in the tables of a home's log; the operator moves it aside.", within, ""},
    {18, "home-disk-full", "The disk of a home fills up; later there is room again.", within, ""},
    {19, "home-isp-flap",
     "The routers of three homes get a new address every ten seconds, for a minute and a half.",
     within, ""},
    {20, "home-clock-wrong",
     "The clock of a home is two years ahead; that of another jumps back by an hour.", within, ""},
    {21, "mass-reconnect",
     "All super-peers restart at once: every home and client comes back in the same moment.",
     within, ""},
    {22, "rolling-upgrade-mixed", "Nodes go from one version to the next one by one, under load.",
     within, "a second released version"},
    {23, "upgrade-rollback", "A new version writes new events and is rolled back.", within,
     "a second released version"},
    {24, "poison-event", "A record that cannot be applied gets into the log of a home.", within,
     ""},
    {25, "clock-drift-directory", "The clock of one directory of a group drifts and jumps.", within,
     ""},
    {26, "directory-disk-stall", "Syncs of the directory that leads take two to four seconds.",
     within, ""},
    {27, "quorum-disk-corruption",
     "Different parts of the log rot on one directory after the other, and each is replaced.",
     within, ""},
    {28, "share-revocation-under-partition",
     "A share is revoked on one side of a partition and used on the other.", within, ""},
    {29, "blob-store-loss", "One copy of the blobs is lost and another damaged.", within, "blobs"},
    {30, "backup-restore-total-loss", "All directories are destroyed and restored from the export.",
     beyond, "the export and its restore"},
    {31, "key-compromise", "The key of a super-peer is struck from the node list.", within, ""},
    {32, "operator-absent", "A region is lost, and the operator comes 15 minutes late.", within,
     "approvals of the live driver"},
    {33, "analytics-sink-down", "Where events are dumped to cannot be reached for a day.", within,
     "telemetry"},
    {34, "hot-item-storm", "Every client opens one home's album at once.", within, ""},
};

}  // namespace

std::span<const CatalogueEntry> catalogue() {
  return entries;
}

const CatalogueEntry* find_in_catalogue(std::string_view name) {
  const auto found =
      std::find_if(std::begin(entries), std::end(entries),
                   [name](const CatalogueEntry& entry) { return entry.name == name; });
  return found == std::end(entries) ? nullptr : &*found;
}

}  // namespace hearth::drill
