// The victim of rocks_kill_test: appends to the log in the folder it is given until it is killed,
// and prints the number of every batch that is acknowledged.

#include "storage/rocks_event_log.hpp"
#include "tests/storage/killed_log.hpp"
#include "tests/support/stepped_engine.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  using namespace hearth;
  if (argc != 2) {
    return 2;
  }
  test::SteppedEngine engine;
  const auto log = storage::RocksEventLog::open({argv[1]}, engine);
  if (!log) {
    std::fprintf(stderr, "%s\n", log.error().detail.c_str());
    return 1;
  }
  for (auto number = log.value()->last_batch() + 1;; ++number) {
    bool acknowledged = false;
    log.value()->commit(test::batch_to_be_killed(number),
                        [&](const Result<void>& outcome) { acknowledged = outcome.ok(); });
    engine.commit();
    if (!acknowledged || std::printf("%llu\n", static_cast<unsigned long long>(number)) < 0 ||
        std::fflush(stdout) != 0) {
      return 1;
    }
  }
}
