// The supervisor with shell scripts for processes: `$1` is the descriptor of the ready line.

#include "nodes/cli/up/supervisor.hpp"

#include "nodes/cli/up/ready_file.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace hearth::cli::up {
namespace {

constexpr const char* serve = "echo ready 127.0.0.1:2 127.0.0.1:1 >&$1; exec sleep 60";

ProcessPlan process(const std::string& role, const std::string& script) {
  return {role, role, "", "/nowhere/" + role, {"-c", script}};
}

/// Also blocks the signals that tests send to themselves.
SupervisorOptions with(std::vector<ProcessPlan> service, std::vector<ProcessPlan> household = {}) {
  Supervisor::block_signals();
  SupervisorOptions options;
  options.program = "/bin/bash";
  options.plan.service = std::move(service);
  options.plan.household = std::move(household);
  options.all_ready = [](const auto&) {
    ::kill(::getpid(), SIGTERM);
    return Result<void>();
  };
  return options;
}

bool is_gone(pid_t pid) {
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

TEST(Supervisor, TellsOnceAllServeAndLeavesNothingBehind) {
  std::vector<pid_t> pids;
  auto options = with({process("directory", serve)}, {process("gateway", serve)});
  options.all_ready = [&pids](const std::vector<Running>& running) {
    EXPECT_EQ(running.size(), 2U);
    EXPECT_EQ(running.back().ready.admin.port, 2);
    EXPECT_EQ(gateway_url(running), "http://127.0.0.1:1");
    for (const auto& one : running) {
      pids.push_back(one.pid);
    }
    ::kill(::getpid(), SIGTERM);
    return Result<void>();
  };
  EXPECT_EQ(Supervisor(std::move(options)).run().exit_code, 0);
  ASSERT_EQ(pids.size(), 2U);
  EXPECT_TRUE(is_gone(pids[0]));
  EXPECT_TRUE(is_gone(pids[1]));
}

TEST(Supervisor, StartsWhatDiedAgainAndTellsSo) {
  std::vector<pid_t> pids;
  auto options = with({process("directory", serve)});
  options.all_ready = [&pids](const std::vector<Running>& running) {
    pids.push_back(running[0].pid);
    ::kill(pids.size() == 1 ? running[0].pid : ::getpid(), pids.size() == 1 ? SIGKILL : SIGTERM);
    return Result<void>();
  };
  EXPECT_EQ(Supervisor(std::move(options)).run().exit_code, 0);
  ASSERT_EQ(pids.size(), 2U);
  EXPECT_NE(pids[0], pids[1]);
}

TEST(Supervisor, EndsWithTheCodeAndTheWordsOfAProcessThatCannotStart) {
  auto options = with({process("directory", serve),
                       process("super-peer", "echo 'hearth: port 1 is in use' >&2; exit 4")});
  const auto ending = Supervisor(std::move(options)).run();
  EXPECT_EQ(ending.exit_code, 4);
  EXPECT_EQ(ending.line, "hearth: port 1 is in use");
}

TEST(Supervisor, EndsWithAProcessThatMissesWhatItWasNamed) {
  auto options = with({process("directory", "echo 'hearth: no such address' >&2; exit 3")});
  const auto ending = Supervisor(std::move(options)).run();
  EXPECT_EQ(ending.exit_code, 3);
  EXPECT_EQ(ending.line, "hearth: no such address");
}

TEST(Supervisor, StopsWhatHasHardlyBegun) {
  auto options = with({process("directory", "sleep 60"), process("super-peer", "sleep 60")});
  options.stop_patience = Millis{60'000};
  ::kill(::getpid(), SIGTERM);  // heard right after both were forked
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(Supervisor(std::move(options)).run().exit_code, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20});
}

TEST(Supervisor, RunsItsTasksBetweenServiceHouseholdAndTheNews) {
  auto options = with({process("directory", serve)}, {process("home", serve)});
  options.enrol = {"-c", "exit 0"};
  options.settle = {"-c", "exit 0"};
  std::size_t count = 0;
  options.all_ready = [&count](const std::vector<Running>& running) {
    count = running.size();
    ::kill(::getpid(), SIGTERM);
    return Result<void>();
  };
  EXPECT_EQ(Supervisor(std::move(options)).run().exit_code, 0);
  EXPECT_EQ(count, 2U);
}

TEST(Supervisor, EndsWithTheChildWithoutWhichNothingWorks) {
  auto options = with({process("directory", serve)});
  const auto child = ::fork();
  if (child == 0) {
    ::pause();
  }
  options.vital = child;
  options.all_ready = [child](const auto&) {
    ::kill(child, SIGKILL);
    return Result<void>();
  };
  const auto ending = Supervisor(std::move(options)).run();
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(ending.exit_code, 1);
  EXPECT_EQ(ending.line, "hearth: the emulated network has ended");
}

TEST(Supervisor, KillsWhatDoesNotStop) {
  auto options = with({process("directory", std::string("trap '' TERM; ") + serve)});
  options.stop_patience = Millis(100);
  pid_t pid = 0;
  options.all_ready = [&pid](const std::vector<Running>& running) {
    pid = running[0].pid;
    ::kill(::getpid(), SIGTERM);
    return Result<void>();
  };
  EXPECT_EQ(Supervisor(std::move(options)).run().exit_code, 0);
  EXPECT_TRUE(is_gone(pid));
}

TEST(BackOff, DoublesUpToFiveSecondsAndForgetsAfterALongLife) {
  BackOff back_off;
  Instant now{};
  std::vector<Millis::rep> waits;
  for (int i = 0; i < 7; ++i) {
    back_off.started(now);
    now += Millis(10);
    waits.push_back(back_off.died(now).count());
  }
  EXPECT_EQ(waits, (std::vector<Millis::rep>{200, 400, 800, 1600, 3200, 5000, 5000}));
  back_off.started(now);
  EXPECT_EQ(back_off.died(now + BackOff::steady_after), BackOff::first);
}

}  // namespace
}  // namespace hearth::cli::up
