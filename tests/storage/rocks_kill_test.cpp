// kill -9 of a process in the middle of its appends: what it was told is durable is there.

#include "storage/rocks_event_log.hpp"
#include "tests/storage/killed_log.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace hearth::storage {
namespace {

/// Runs the appender until it has acknowledged `batches` more, kills it, and returns the last
/// number that it told.
BatchNumber kill_after(int batches, const std::string& folder) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::close(pipe[0]);
    ::execl(HEARTH_APPENDER, HEARTH_APPENDER, folder.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(pipe[1]);
  std::FILE* told = ::fdopen(pipe[0], "r");
  unsigned long long last = 0;
  for (int line = 0; std::fscanf(told, "%llu", &last) == 1; ++line) {
    if (line == batches) {
      ::kill(child, SIGKILL);  // and read on: what is in the pipe was told, too
    }
  }
  std::fclose(told);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the appender ended by itself";
  return last;
}

void expect_whole(const EventLog& log) {
  const auto last = log.last_batch();
  for (std::uint64_t id = 0; id < test::killed_streams; ++id) {
    const StreamId stream{id};
    const auto snapshot = log.snapshot(stream).value();
    const auto after = snapshot ? snapshot->sequence : 0;
    EXPECT_EQ(test::replayed(log, id, after).size(), last - after);
    for (const auto& [sequence, record] : test::replayed(log, id, after)) {
      EXPECT_EQ(record, "record " + std::to_string(sequence));
    }
    EXPECT_EQ(log.last_sequence(stream).value(), last);
    EXPECT_EQ(log.row(stream, "last").value(), test::bytes(std::to_string(last)));
    if (snapshot) {
      EXPECT_EQ(test::text(snapshot->state), "state " + std::to_string(after));
    }
  }
}

TEST(RocksKill, LosesNothingThatWasAcknowledged) {
  const test::TempFolder temp;
  const auto folder = (temp.path() / "log").string();
  ASSERT_TRUE(RocksEventLog::create({folder}).ok());

  BatchNumber acknowledged = 0;
  for (const int batches : {0, 1, 60, 7, 110}) {
    acknowledged = std::max(acknowledged, kill_after(batches, folder));
    test::SteppedEngine engine;
    const auto log = RocksEventLog::open({folder}, engine);
    ASSERT_TRUE(log.ok()) << log.error().detail;
    EXPECT_GE(log.value()->last_batch(), acknowledged);
    expect_whole(*log.value());
  }
  EXPECT_GT(acknowledged, 178U);
}

}  // namespace
}  // namespace hearth::storage
