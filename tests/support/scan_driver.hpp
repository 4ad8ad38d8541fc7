#pragma once
// A home around a scanner: takes its findings into a catalogue, as the home machine does.

#include "actors/home/catalogue_machine.hpp"
#include "nodes/home/scanner.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace hearth::testing {

/// Carries findings from the scanner's thread to the test's.
class FindingsPipe {
 public:
  FindingsPipe() { EXPECT_EQ(::pipe(ends_), 0); }
  FindingsPipe(const FindingsPipe&) = delete;
  FindingsPipe& operator=(const FindingsPipe&) = delete;
  ~FindingsPipe() {
    while (waits(0)) {
      take();
    }
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  void give(home::HomeExternal finding) {
    const auto* given = new home::HomeExternal(std::move(finding));
    EXPECT_EQ(::write(ends_[1], &given, sizeof given), static_cast<ssize_t>(sizeof given));
  }
  [[nodiscard]] bool waits(int timeout_ms) const {
    pollfd readable{ends_[0], POLLIN, 0};
    return ::poll(&readable, 1, timeout_ms) == 1;
  }
  std::unique_ptr<home::HomeExternal> take() {
    home::HomeExternal* taken = nullptr;
    EXPECT_EQ(::read(ends_[0], &taken, sizeof taken), static_cast<ssize_t>(sizeof taken));
    return std::unique_ptr<home::HomeExternal>(taken);
  }

 private:
  int ends_[2] = {-1, -1};
};

struct ScanResult {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t removed = 0;
  std::uint64_t batches = 0;
  std::map<std::string, std::string> problems;  ///< Reason by absolute path.
  bool complete = false;
};

/// The worker of tests; with a `mood` it misbehaves for FLAC files.
inline home::ProbeOptions probe_helper(const std::string& mood = "well",
                                       Millis timeout = Millis{20'000}) {
  return {{HEARTH_PROBE_HELPER, mood}, timeout};
}

class ScanDriver {
 public:
  explicit ScanDriver(std::vector<std::string> folders, home::ProbeOptions probe = probe_helper())
      : machine(folders),
        scanner_(std::make_unique<home::Scanner>(
            home::ScannerOptions{folders, std::move(probe), 2, false},
            [this](home::HomeExternal finding) { findings_.give(std::move(finding)); })) {}

  void start() { scanner_->start({++run_, machine.known()}); }

  /// Waits for the end of the run that goes on.
  ScanResult finish() {
    ScanResult result;
    while (!result.complete && findings_.waits(60'000)) {
      const auto finding = findings_.take();
      std::visit([&](const auto& body) { take(body, result); }, *finding);
    }
    EXPECT_TRUE(result.complete) << "the scanner went silent";
    return result;
  }

  ScanResult scan() {
    start();
    return finish();
  }

  home::Scanner& scanner() { return *scanner_; }
  void stop() { scanner_.reset(); }
  [[nodiscard]] bool is_silent(int for_ms) const { return !findings_.waits(for_ms); }
  home::ScanBatch take_batch() {
    EXPECT_TRUE(findings_.waits(60'000));
    return std::get<home::ScanBatch>(*findings_.take());
  }

  /// The item at `path` of the first media folder, null for none.
  [[nodiscard]] const home::Item* item(const std::string& folder, const std::string& path) const {
    const auto* entry = machine.find(home::item_id_of(folder, path));
    return entry == nullptr ? nullptr : &entry->item;
  }

  home::CatalogueMachine machine;

 private:
  void take(const home::ScanBatch& batch, ScanResult& result) {
    EXPECT_EQ(batch.run, run_);
    EXPECT_FALSE(findings_.waits(0)) << "a second batch before the first was durable";
    add(machine.decide(batch, WallTime{Millis{1}}), result);
    ++result.batches;
    scanner_->resume({batch.run});
  }
  void take(const home::ScanFinished& finished, ScanResult& result) {
    EXPECT_EQ(finished.run, run_);
    add(machine.decide(finished), result);
    for (const auto& problem : finished.problems) {
      result.problems[std::string(problem.path.begin(), problem.path.end())] = problem.reason;
    }
    result.complete = true;
  }
  void add(const home::ScanOutcome& outcome, ScanResult& result) {
    for (const auto& event : outcome.events) {
      machine.apply(event);
    }
    result.added += outcome.added;
    result.changed += outcome.changed;
    result.removed += outcome.removed;
  }

  FindingsPipe findings_;
  std::uint64_t run_ = 0;
  std::unique_ptr<home::Scanner> scanner_;
};

}  // namespace hearth::testing
