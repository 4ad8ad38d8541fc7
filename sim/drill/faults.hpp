#pragma once
// What can go wrong, one plain struct a fault. The name is what a drill file writes after `fault
// =`.
//
// When a fault strikes, how long it lasts and how often it comes back is not here but in `Fault`
// (plan.hpp). "Ends" below means: its `for` has passed, or `all.heal` came.
// docs/drills/format.md has all keys with their bounds; fault_fields.hpp is where both come from.

#include "messages/base/types.hpp"
#include "sim/drill/nodes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hearth::drill {

/// Directed pairs of nodes: from each of `from` to each of `to`, and back unless `one_way`. Both
/// empty: every link there is.
struct LinkChoice {
  NodeChoice from;
  NodeChoice to;  ///< Empty: everybody who is not in `from`.
  bool one_way = false;

  friend bool operator==(const LinkChoice&, const LinkChoice&) = default;
};

// ---- processes ----

/// Dies between any two messages. What was not synced may be lost only by `PowerLoss`. Starts again
/// from its disk when the fault ends.
struct KillProcess {
  static constexpr std::string_view name = "process.kill";
  NodeChoice nodes;
  friend bool operator==(const KillProcess&, const KillProcess&) = default;
};
/// Dies and starts again at once; those that are down just start.
struct RestartProcess {
  static constexpr std::string_view name = "process.restart";
  NodeChoice nodes;
  friend bool operator==(const RestartProcess&, const RestartProcess&) = default;
};
/// The operator moves a damaged log aside and starts the home again: it keeps its keys, scans its
/// media anew and asks the directory whom to trust.
struct ResetProcess {
  static constexpr std::string_view name = "process.reset";
  NodeChoice nodes;
  friend bool operator==(const ResetProcess&, const ResetProcess&) = default;
};
/// Stands still (SIGSTOP), connections open; goes on when the fault ends.
struct PauseProcess {
  static constexpr std::string_view name = "process.pause";
  NodeChoice nodes;
  friend bool operator==(const PauseProcess&, const PauseProcess&) = default;
};
/// Every message and sync costs `factor` times its service time.
struct SlowProcess {
  static constexpr std::string_view name = "process.slow";
  NodeChoice nodes;
  double factor = 10;
  friend bool operator==(const SlowProcess&, const SlowProcess&) = default;
};

// ---- regions ----

enum class Disks : std::uint8_t { keep, wipe };

/// All directories and super-peers of a region die in one instant. Homes, clients and gateways near
/// it live on: they are elsewhere, in people's houses. Starts again when the fault ends.
struct KillRegion {
  static constexpr std::string_view name = "region.kill";
  std::string region;
  Disks disks = Disks::keep;
  friend bool operator==(const KillRegion&, const KillRegion&) = default;
};
/// Starts what `KillRegion` killed.
struct RestoreRegion {
  static constexpr std::string_view name = "region.restore";
  std::string region;
  friend bool operator==(const RestoreRegion&, const RestoreRegion&) = default;
};
/// A planned evacuation. Waits for drain.
struct DrainRegion {
  static constexpr std::string_view name = "region.drain";
  std::string region;
  friend bool operator==(const DrainRegion&, const DrainRegion&) = default;
};

// ---- what operators do ----

/// A new machine with new keys and an empty disk takes the place of one that is lost, and the
/// operator signs a node list with it; a directory replaces the old one in every group.
struct ReplaceNode {
  static constexpr std::string_view name = "node.replace";
  NodeChoice nodes;
  friend bool operator==(const ReplaceNode&, const ReplaceNode&) = default;
};
/// The operator strikes them from the node list, because their keys are in others' hands. The
/// processes go on, and never come back into the list.
struct StrikeNode {
  static constexpr std::string_view name = "node.strike";
  NodeChoice nodes;
  friend bool operator==(const StrikeNode&, const StrikeNode&) = default;
};

// ---- network ----

/// Nothing gets through. Connections stay open until their owners give up.
struct PartitionLinks {
  static constexpr std::string_view name = "link.partition";
  LinkChoice links;
  friend bool operator==(const PartitionLinks&, const PartitionLinks&) = default;
};
/// Adds `add`, and a drawn part of `jitter`.
struct DelayLinks {
  static constexpr std::string_view name = "link.latency";
  LinkChoice links;
  Millis add{0};
  Millis jitter{0};
  friend bool operator==(const DelayLinks&, const DelayLinks&) = default;
};
/// Loses this share of the packets: a retransmission's delay to a connection's bytes.
struct LoseFrames {
  static constexpr std::string_view name = "link.loss";
  LinkChoice links;
  double ratio = 0;
  friend bool operator==(const LoseFrames&, const LoseFrames&) = default;
};
struct DuplicateFrames {
  static constexpr std::string_view name = "link.duplicate";
  LinkChoice links;
  double ratio = 0;
  friend bool operator==(const DuplicateFrames&, const DuplicateFrames&) = default;
};
/// This share arrives up to `within` later than what was sent after it.
struct ReorderFrames {
  static constexpr std::string_view name = "link.reorder";
  LinkChoice links;
  double ratio = 0;
  Millis within{100};
  friend bool operator==(const ReorderFrames&, const ReorderFrames&) = default;
};
struct LimitBandwidth {
  static constexpr std::string_view name = "link.bandwidth";
  LinkChoice links;
  double rate_mbit = 1;  ///< Of each directed pair of nodes.
  friend bool operator==(const LimitBandwidth&, const LimitBandwidth&) = default;
};
/// Frames wait and all arrive when the clog ends; nothing is lost. `swizzle`: each node of `from`
/// is clogged at a drawn moment of the first half of the fault and freed, in another order, in the
/// second.
struct ClogLinks {
  static constexpr std::string_view name = "link.clog";
  LinkChoice links;
  bool swizzle = false;
  friend bool operator==(const ClogLinks&, const ClogLinks&) = default;
};
/// Drops envelopes of these kinds (`name_of(MessageKind)`) only.
struct FilterMessages {
  static constexpr std::string_view name = "link.filter";
  LinkChoice links;
  std::vector<std::string> kinds;
  friend bool operator==(const FilterMessages&, const FilterMessages&) = default;
};
/// Breaks the connections that are open; only the `to` end is ever told, `from` hears silence.
struct HalfOpenLinks {
  static constexpr std::string_view name = "link.half_open";
  LinkChoice links;
  friend bool operator==(const HalfOpenLinks&, const HalfOpenLinks&) = default;
};
/// The household's router forgets its mappings: open connections go silent. `new_address`: and it
/// gets another public address.
struct RebindNat {
  static constexpr std::string_view name = "home.nat_rebind";
  NodeChoice nodes;
  bool new_address = true;
  friend bool operator==(const RebindNat&, const RebindNat&) = default;
};

enum class Tampering : std::uint8_t { flip, replay, truncate, reorder };

/// A super-peer turned evil: does this to a share of the chunks that it splices.
struct TamperSplice {
  static constexpr std::string_view name = "relay.tamper";
  NodeChoice nodes;
  Tampering how = Tampering::flip;
  double ratio = 0.01;
  friend bool operator==(const TamperSplice&, const TamperSplice&) = default;
};

// ---- disks ----

enum class LostTail : std::uint8_t { dropped, torn, zeroed, shuffled };

/// Power goes, between write and sync too: what was not synced is lost as `tail` says, by sectors
/// of 512 bytes. Starts again when the fault ends.
struct PowerLoss {
  static constexpr std::string_view name = "disk.power_loss";
  NodeChoice nodes;
  LostTail tail = LostTail::dropped;
  friend bool operator==(const PowerLoss&, const PowerLoss&) = default;
};
/// The process dies and its disk with it: starts empty when the fault ends.
struct WipeDisk {
  static constexpr std::string_view name = "disk.wipe";
  NodeChoice nodes;
  friend bool operator==(const WipeDisk&, const WipeDisk&) = default;
};

enum class RotPlace : std::uint8_t { wal, sst, media };

/// Flips bits in files of that sort. Never heals.
struct RotBits {
  static constexpr std::string_view name = "disk.bitrot";
  NodeChoice nodes;
  RotPlace where = RotPlace::sst;
  std::uint32_t flips = 1;
  friend bool operator==(const RotBits&, const RotBits&) = default;
};
/// No more than `free_bytes` can be written.
struct FillDisk {
  static constexpr std::string_view name = "disk.full";
  NodeChoice nodes;
  std::uint64_t free_bytes = 0;
  friend bool operator==(const FillDisk&, const FillDisk&) = default;
};

enum class DiskOperation : std::uint8_t { read, write, sync };

/// This share of the operations fails (EIO).
struct FailDisk {
  static constexpr std::string_view name = "disk.error";
  NodeChoice nodes;
  DiskOperation operation = DiskOperation::sync;
  double ratio = 1;
  friend bool operator==(const FailDisk&, const FailDisk&) = default;
};
/// This share of the syncs takes a drawn time between `at_least` and `at_most`.
struct StallDisk {
  static constexpr std::string_view name = "disk.stall";
  NodeChoice nodes;
  Millis at_least{1000};
  Millis at_most{1000};
  double ratio = 1;
  friend bool operator==(const StallDisk&, const StallDisk&) = default;
};

// ---- clocks (wall clocks; the steady ones only drift) ----

/// The wall clock is off by `by` until the fault ends.
struct OffsetClock {
  static constexpr std::string_view name = "clock.offset";
  NodeChoice nodes;
  Millis by{0};
  friend bool operator==(const OffsetClock&, const OffsetClock&) = default;
};
/// Both clocks run that much fast (negative: slow).
struct DriftClock {
  static constexpr std::string_view name = "clock.drift";
  NodeChoice nodes;
  double ppm = 0;
  friend bool operator==(const DriftClock&, const DriftClock&) = default;
};
/// The wall clock jumps once and stays there.
struct StepClock {
  static constexpr std::string_view name = "clock.step";
  NodeChoice nodes;
  Millis by{0};
  friend bool operator==(const StepClock&, const StepClock&) = default;
};

// ---- load, and what people store ----

/// These lose all their connections within `within` and come back.
struct ReconnectHerd {
  static constexpr std::string_view name = "load.reconnect_herd";
  NodeChoice nodes;
  Millis within{0};
  friend bool operator==(const ReconnectHerd&, const ReconnectHerd&) = default;
};
/// The clients open one album of `home` at once.
struct HotItem {
  static constexpr std::string_view name = "load.hot_item";
  std::string home;    ///< A node's name.
  NodeChoice clients;  ///< Of role client.
  double rate_mbit = 4;
  friend bool operator==(const HotItem&, const HotItem&) = default;
};
/// Puts a record into the node's log that its applier cannot read, then starts it again.
struct PoisonEvent {
  static constexpr std::string_view name = "event.poison";
  NodeChoice nodes;
  std::uint32_t records = 1;
  friend bool operator==(const PoisonEvent&, const PoisonEvent&) = default;
};

/// Ends every fault that can end: starts what is down, frees links and disks, sets clocks right.
struct HealAll {
  static constexpr std::string_view name = "all.heal";
  friend bool operator==(const HealAll&, const HealAll&) = default;
};

using FaultAction =
    std::variant<KillProcess, RestartProcess, ResetProcess, PauseProcess, SlowProcess,  //
                 KillRegion, RestoreRegion, DrainRegion, ReplaceNode, StrikeNode,       //
                 PartitionLinks, DelayLinks, LoseFrames, DuplicateFrames, ReorderFrames,
                 LimitBandwidth, ClogLinks, FilterMessages, HalfOpenLinks, RebindNat,  //
                 TamperSplice,                                                         //
                 PowerLoss, WipeDisk, RotBits, FillDisk, FailDisk, StallDisk,          //
                 OffsetClock, DriftClock, StepClock,                                   //
                 ReconnectHerd, HotItem, PoisonEvent, HealAll>;

/// "link.partition" and so on: what the file says after `fault =`.
[[nodiscard]] std::string_view name_of(const FaultAction& action);

}  // namespace hearth::drill
