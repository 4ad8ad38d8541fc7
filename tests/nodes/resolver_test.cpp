// Names that are looked up in the background.

#include "nodes/support/resolver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace hearth {
namespace {

/// A resolver whose lookups wait until the test lets them go.
class ResolverTest : public ::testing::Test {
 protected:
  std::vector<SocketAddress> look_up(const seal::Endpoint& endpoint) {
    std::unique_lock lock(mutex_);
    asked_.push_back(endpoint.host);
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return {SocketAddress{}};
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool asked(std::size_t count) {
    return wait([&] { return asked_.size() >= count; });
  }
  bool found(std::size_t count) {
    return wait([&] { return found_ >= count; });
  }
  Resolver::Found count() {
    return [this](const std::vector<SocketAddress>& /*addresses*/) {
      const std::lock_guard lock(mutex_);
      ++found_;
      changed_.notify_all();
    };
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> asked_;
  std::size_t found_ = 0;
  bool open_ = false;
  Resolver resolver_{[this](const seal::Endpoint& endpoint) { return look_up(endpoint); }};
};

TEST_F(ResolverTest, LooksUpFourNamesAtATimeAndEachOnce) {
  for (const auto* name : {"a", "b", "c", "d", "e"}) {
    resolver_.resolve({name, 1}, count());
    resolver_.resolve({name, 1}, count());
  }
  ASSERT_TRUE(asked(4));
  open();
  EXPECT_TRUE(found(10));
  EXPECT_EQ(asked_.size(), 5U);
}

TEST_F(ResolverTest, DropsWhatNobodyWaitsFor) {
  for (const auto* name : {"a", "b", "c", "d"}) {
    resolver_.resolve({name, 1}, count());
  }
  resolver_.forget(resolver_.resolve({"given up", 1}, count()));
  ASSERT_TRUE(asked(4));
  resolver_.resolve({"e", 1}, count());
  open();
  EXPECT_TRUE(found(5));
  EXPECT_EQ(std::count(asked_.begin(), asked_.end(), "given up"), 0);
}

}  // namespace
}  // namespace hearth
