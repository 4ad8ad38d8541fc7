// The promises of EventLog, kept in memory and in RocksDB.

#include "tests/storage/event_log_contract.hpp"

#include "storage/memory_event_log.hpp"
#include "storage/rocks_event_log.hpp"
#include "tests/support/temp_folder.hpp"

#include <memory>

namespace hearth::storage {
namespace {

class InMemory {
 public:
  EventLog& log() { return log_; }
  void reopen() { log_.crash(); }
  test::SteppedEngine engine;

 private:
  MemoryEventLog log_{engine};
};

class InRocks {
 public:
  InRocks() {
    EXPECT_TRUE(RocksEventLog::create({folder()}).ok());
    reopen();
  }
  EventLog& log() { return *log_; }
  void reopen() {
    log_.reset();
    engine.drop();
    auto opened = RocksEventLog::open({folder()}, engine);
    HEARTH_CHECK(opened.ok());
    log_ = std::move(opened.value());
  }
  test::SteppedEngine engine;

 private:
  [[nodiscard]] std::string folder() const { return (temp_.path() / "log").string(); }

  test::TempFolder temp_;
  std::unique_ptr<RocksEventLog> log_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(InMemory, EventLogContract, InMemory);
INSTANTIATE_TYPED_TEST_SUITE_P(InRocks, EventLogContract, InRocks);

}  // namespace
}  // namespace hearth::storage
