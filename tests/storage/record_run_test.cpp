#include "storage/record_run.hpp"

#include "tests/support/log_helpers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hearth::storage {
namespace {

using test::bytes;

TEST(RecordRun, GivesBackWhatItTook) {
  const std::vector<Bytes> records{bytes("a"), {}, bytes("a longer one")};
  Bytes run = bytes("what was there before");
  encode_run(records, run);
  const auto views = decode_run(run);
  ASSERT_TRUE(views.ok());
  ASSERT_EQ(views.value().size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(test::text(views.value()[i]), test::text(records[i]));
  }
}

TEST(RecordRun, RefusesARunThatEndsWithinARecord) {
  Bytes run;
  encode_run(std::vector{bytes("abc"), bytes("de")}, run);
  const std::size_t first_ends = 4 + 3;
  for (std::size_t size = 0; size < run.size(); ++size) {
    const auto views = decode_run(BytesView(run).first(size));
    EXPECT_EQ(views.ok(), size == first_ends) << size;
  }
  run[first_ends + 3] = 0xff;  // a length of almost 4 GiB
  EXPECT_EQ(decode_run(run).error().code, ErrorCode::log_corrupt);
}

TEST(RecordRun, EndsWithTheRecordThatFillsIt) {
  const std::vector<Bytes> small(3, bytes("small"));
  EXPECT_EQ(run_length(small), 3U);
  EXPECT_EQ(run_length({}), 0U);
  const std::vector<Bytes> halves(5, Bytes(run_bytes_full / 2));
  EXPECT_EQ(run_length(halves), 2U);
  const std::vector<Bytes> large(2, Bytes(2 * run_bytes_full));
  EXPECT_EQ(run_length(large), 1U);
}

}  // namespace
}  // namespace hearth::storage
