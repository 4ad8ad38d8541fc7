// Reads that a switch to another generation comes between.

#include "actors/replication/replicated_reader.hpp"

#include "actors/replication/group_rows.hpp"
#include "tests/support/log_helpers.hpp"
#include "tests/support/log_places.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::replication {
namespace {

constexpr GroupId group{7};
constexpr storage::StreamId accounts{1};

/// A log in which something happens before the next read.
class DisturbedLog final : public storage::LogReader {
 public:
  explicit DisturbedLog(const storage::LogReader& log) : log_(log) {}

  void before_next_read(std::function<void()> what) { what_ = std::move(what); }

  [[nodiscard]] Result<std::optional<Bytes>> row(storage::StreamId stream,
                                                 std::string_view key) const override {
    disturb();
    return log_.row(stream, key);
  }
  Result<void> rows(storage::StreamId stream, std::string_view prefix,
                    const RowVisitor& visit) const override {
    disturb();
    return log_.rows(stream, prefix, visit);
  }
  [[nodiscard]] Result<storage::Sequence> last_sequence(storage::StreamId stream) const override {
    return log_.last_sequence(stream);
  }
  Result<void> replay(storage::StreamId stream, storage::Sequence after,
                      const Visitor& visit) const override {
    return log_.replay(stream, after, visit);
  }
  [[nodiscard]] Result<std::optional<storage::Snapshot>> snapshot(
      storage::StreamId stream) const override {
    return log_.snapshot(stream);
  }
  Result<void> streams(const std::function<void(storage::StreamId)>& visit) const override {
    return log_.streams(visit);
  }

 private:
  void disturb() const {
    if (what_) {
      std::exchange(what_, nullptr)();
    }
  }

  const storage::LogReader& log_;
  mutable std::function<void()> what_;
};

class ReplicatedReaderTest : public ::testing::Test {
 protected:
  ReplicatedReaderTest() {
    put(0, "old");
    put(1, "new");
  }

  /// Rows of a state whose every value is `value`.
  void put(Generation generation, const std::string& value) {
    storage::Append append;
    append.stream = rows_stream(group, generation);
    append.rows = {{row_key(accounts, "a"), test::bytes(value)},
                   {row_key(accounts, "b"), test::bytes(value)}};
    ASSERT_TRUE(test::commit(place_.log(), place_.engine, {std::move(append)}).ok());
  }
  void clear(Generation generation) {
    storage::Append append;
    append.stream = rows_stream(group, generation);
    append.clear = true;
    ASSERT_TRUE(test::commit(place_.log(), place_.engine, {std::move(append)}).ok());
  }
  void switch_before_next_read() {
    log_.before_next_read([this] {
      reader_.show(1);
      clear(0);
    });
  }
  std::vector<std::string> values(const std::function<void()>& at_first = {}) {
    std::vector<std::string> values;
    const auto visit = [&](std::string_view, BytesView value) -> Result<void> {
      if (values.empty() && at_first) {
        at_first();
      }
      values.push_back(test::text(value));
      return {};
    };
    EXPECT_TRUE(reader_.rows(accounts, {}, visit).ok());
    return values;
  }

  test::LogInRocks place_;
  DisturbedLog log_{place_.log()};
  ReplicatedReader reader_{group, log_};
};

TEST_F(ReplicatedReaderTest, ReadsTheGenerationThatIsShown) {
  EXPECT_EQ(reader_.row(accounts, "a").value(), test::bytes("old"));
  EXPECT_EQ(values(), (std::vector<std::string>{"old", "old"}));
  reader_.show(1);
  EXPECT_EQ(reader_.row(accounts, "a").value(), test::bytes("new"));
  EXPECT_EQ(values(), (std::vector<std::string>{"new", "new"}));
}

TEST_F(ReplicatedReaderTest, TakesNoRowFromAGenerationThatIsGone) {
  switch_before_next_read();
  EXPECT_EQ(reader_.row(accounts, "a").value(), test::bytes("new"));
}

TEST_F(ReplicatedReaderTest, VisitsNoGenerationThatIsGone) {
  switch_before_next_read();
  EXPECT_EQ(values(), (std::vector<std::string>{"new", "new"}));
}

TEST_F(ReplicatedReaderTest, VisitsNoGenerationThatWasReplacedBeforeItsFirstRow) {
  log_.before_next_read([this] { reader_.show(1); });
  EXPECT_EQ(values(), (std::vector<std::string>{"new", "new"}));
}

TEST_F(ReplicatedReaderTest, VisitsOneStateToItsEnd) {
  EXPECT_EQ(values([this] {
              reader_.show(1);
              clear(0);
            }),
            (std::vector<std::string>{"old", "old"}));
}

}  // namespace
}  // namespace hearth::replication
