#pragma once
// Both logs, each with what a test needs around it.

#include "messages/base/check.hpp"
#include "storage/memory_event_log.hpp"
#include "storage/rocks_event_log.hpp"
#include "tests/support/stepped_engine.hpp"
#include "tests/support/temp_folder.hpp"

#include <memory>
#include <string>
#include <utility>

namespace hearth::test {

/// A log whose node can be restarted: `reopen` is a power loss and the start after it.
class LogInMemory {
 public:
  storage::EventLog& log() { return log_; }
  void reopen() { log_.crash(); }
  SteppedEngine engine;

 private:
  storage::MemoryEventLog log_{engine};
};

/// As above, on a disk; what was written and not synced outlives a `reopen`.
class LogInRocks {
 public:
  LogInRocks() {
    HEARTH_CHECK(storage::RocksEventLog::create({folder()}).ok());
    reopen();
  }
  storage::EventLog& log() { return *log_; }
  void reopen() {
    log_.reset();
    engine.drop();
    auto opened = storage::RocksEventLog::open({folder()}, engine);
    HEARTH_CHECK(opened.ok());
    log_ = std::move(opened.value());
  }
  SteppedEngine engine;

 private:
  [[nodiscard]] std::string folder() const { return (temp_.path() / "log").string(); }

  TempFolder temp_;
  std::unique_ptr<storage::RocksEventLog> log_;
};

}  // namespace hearth::test
