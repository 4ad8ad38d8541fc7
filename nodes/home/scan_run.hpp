#pragma once
// One run of the scanner, from the walk to `ScanFinished`. Lives on the scanner's thread.

#include "actors/home/home_ports.hpp"
#include "nodes/home/folder_walk.hpp"
#include "nodes/home/probe_lane.hpp"
#include "nodes/home/scan_report.hpp"
#include "nodes/home/scanner.hpp"

#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace hearth::home {

class ScanRun final {
 public:
  /// `lanes` outlive the run. `stopped` is asked often; once true, the run ends without a word.
  ScanRun(const ScannerOptions& options, StartScan order, std::vector<ProbeLane>& lanes,
          const Scanner::Output& output, std::function<bool()> stopped);
  ScanRun(const ScanRun&) = delete;
  ScanRun& operator=(const ScanRun&) = delete;

  /// Lists all folders. Before all else, once.
  void walk();

  /// Does what can be done without waiting. True: the run is over.
  bool advance();
  /// When `advance` must be called again at the latest, if nothing happens before.
  [[nodiscard]] Instant wake_at() const;
  /// What to poll for reading.
  [[nodiscard]] std::vector<int> sockets() const;

  /// The batch that is under way is durable.
  void resume(const ContinueScan& order);

 private:
  void look_at(FoundFile file);
  void look_at_unchanged(const FoundFile& file, const ItemId& id, const KnownFile& known);
  void begin_probe(FoundFile file, const ItemId& id);
  void send(ProbeLane& lane, ProbeLane::Task task);
  void keep(const ProbeLane::Task& task);
  void finish_probe(ProbeLane::Task task, ProbeAnswer answer);
  void fail_probe(const ProbeLane::Task& task);
  void collect();
  void show_folders(const FoundFolder* folder);
  void give_batch();
  void finish();
  [[nodiscard]] bool may_probe() const;
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] const KnownFile* known(const ItemId& id) const;
  [[nodiscard]] std::size_t batched() const;

  const ScannerOptions& options_;
  const StartScan order_;
  std::vector<ProbeLane>& lanes_;
  const Scanner::Output& output_;
  const std::function<bool()> stopped_;

  Findings findings_;
  std::size_t next_file_ = 0;
  std::deque<ProbeLane::Task> again_;  ///< Were out with a worker that died of another one.
  ScanProblems problems_;
  std::vector<std::string> unreadable_;
  std::set<const FoundFolder*> shown_;
  std::vector<ItemId> seen_;
  ScanBatch batch_;
  bool batch_out_ = false;
  Instant batch_given_at_{};
  ScanReport report_;
};

}  // namespace hearth::home
