#pragma once
// Root without its right to read everything, for tests of what may not be read.

#include <gtest/gtest.h>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hearth::testing {

/// For this thread and those it starts, while it lives. Does nothing for other users.
class PowerlessRoot final {
 public:
  PowerlessRoot() {
    EXPECT_EQ(::syscall(SYS_capget, &header_, before_), 0);
    __user_cap_data_struct without[2] = {before_[0], before_[1]};
    without[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH);
    EXPECT_EQ(::syscall(SYS_capset, &header_, without), 0);
  }
  PowerlessRoot(const PowerlessRoot&) = delete;
  PowerlessRoot& operator=(const PowerlessRoot&) = delete;
  ~PowerlessRoot() { ::syscall(SYS_capset, &header_, before_); }

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2]{};
};

}  // namespace hearth::testing
