#pragma once
// Finds the media files under the home's folders and reads their tags. Real folders are hostile:
// nothing is followed, nothing is opened that is not a regular file, nothing unchanged is opened
// at all, and what parses untrusted bytes are child processes (probe_worker.hpp).

#include "actors/home/home_ports.hpp"
#include "messages/base/types.hpp"
#include "nodes/home/probe_worker.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hearth::home {

struct ScannerOptions {
  std::vector<std::string> folders;  ///< Absolute, as the catalogue machine has them.
  ProbeOptions probe;
  std::size_t workers = 2;
  bool progress_bar = false;  ///< On stderr, which must be a terminal; else two log lines a run.
};

/// A thread of its own. The machine numbers the runs and lets one go on at a time; a second
/// `StartScan` while one runs is the machine's mistake and ends the older one without a word.
class Scanner final {
 public:
  using Output = std::function<void(HomeExternal)>;

  /// `output` is called from the scanner's thread and must not block.
  Scanner(ScannerOptions options, Output output);
  /// Stops, also in the middle of a run, and kills the workers.
  ~Scanner();
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  // From any thread; return at once.
  void start(StartScan order);
  void resume(ContinueScan order);

  /// Process ids of the workers that are alive. For tests and metrics.
  [[nodiscard]] std::vector<int> worker_pids() const;

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace hearth::home
