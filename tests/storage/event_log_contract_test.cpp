// The promises of EventLog, kept in memory and in RocksDB.

#include "tests/storage/event_log_contract.hpp"

#include "tests/support/log_places.hpp"

namespace hearth::storage {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(InMemory, EventLogContract, test::LogInMemory);
INSTANTIATE_TYPED_TEST_SUITE_P(InRocks, EventLogContract, test::LogInRocks);

}  // namespace
}  // namespace hearth::storage
