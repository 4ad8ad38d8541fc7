// The promises of EventLog, kept by RocksDB on a simulated disk. Every restart is a power loss that
// takes all that was not synced.

#include "sim/disk/rocks_env.hpp"
#include "storage/rocks_event_log.hpp"
#include "tests/sim/disk/virtual_timers.hpp"
#include "tests/storage/event_log_contract.hpp"

#include <memory>
#include <optional>

namespace hearth::storage {
namespace {

class OnSimDisk {
 public:
  OnSimDisk() {
    faults_.set(sim::PowerLossOptions{1, 0, 0, 0, 0});
    env_.emplace(disk_, timers_, 1);
    EXPECT_TRUE(RocksEventLog::create(options()).ok());
    reopen();
  }
  ~OnSimDisk() { stop(); }

  EventLog& log() { return *log_; }

  void reopen() {
    stop();
    disk_.lose_power();
    env_.emplace(disk_, timers_, 1);
    auto opened = RocksEventLog::open(options(), engine);
    HEARTH_CHECK(opened.ok());
    log_ = std::move(opened.value());
  }
  test::SteppedEngine engine;

 private:
  [[nodiscard]] RocksOptions options() const { return {"/log", env_->get()}; }

  void stop() {
    disk_.crash();
    engine.drop();
    log_.reset();
    env_.reset();
  }

  test::VirtualTimers timers_;
  sim::DiskFaults faults_{timers_, sim::Random(1)};
  sim::SimDisk disk_{faults_};
  std::optional<sim::RocksEnv> env_;
  std::unique_ptr<RocksEventLog> log_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(OnSimDisk, EventLogContract, OnSimDisk);

}  // namespace
}  // namespace hearth::storage
