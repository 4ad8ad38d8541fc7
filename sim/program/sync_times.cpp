#include "sim/program/sync_times.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <numeric>
#include <string>
#include <unistd.h>

namespace hearth::sim {
namespace {

constexpr int syncs = 400;
constexpr std::size_t record_bytes = 512;

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5)];
}

std::uint64_t at_least_one(double number) {
  return static_cast<std::uint64_t>(std::max(1L, std::lround(number)));
}

}  // namespace

void describe_syncs(std::vector<double> times_us, drill::Profile& profile) {
  std::sort(times_us.begin(), times_us.end());
  const auto least = at_share(times_us, 0.05);
  const auto most = at_share(times_us, 0.95);
  const auto slow = std::upper_bound(times_us.begin(), times_us.end(), 2 * most);
  const auto count = static_cast<double>(times_us.end() - slow);
  profile.sync_least_us = at_least_one(least);
  profile.sync_most_us = at_least_one(most);
  profile.slow_sync_ratio = count / static_cast<double>(times_us.size());
  profile.slow_sync_factor =
      count == 0
          ? 1
          : at_least_one(std::accumulate(slow, times_us.end(), 0.0) / count / ((least + most) / 2));
}

Result<void> measure_syncs(const std::filesystem::path& folder, drill::Profile& profile) {
  auto name = (folder / "hearth-calibrate-XXXXXX").string();
  const int fd = ::mkostemp(name.data(), 0);
  std::array<char, record_bytes> record{};
  std::vector<double> times_us;
  bool works = fd >= 0;
  for (int i = 0; works && i < syncs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    works = ::write(fd, record.data(), record.size()) == static_cast<ssize_t>(record.size()) &&
            ::fdatasync(fd) == 0;
    times_us.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  const auto error = errno;
  if (fd >= 0) {
    ::unlink(name.c_str());
    ::close(fd);
  }
  if (!works) {
    return Error{ErrorCode::disk_failed, fmt::format("cannot measure the disk of {}: {}",
                                                     folder.string(), std::strerror(error))};
  }
  describe_syncs(std::move(times_us), profile);
  return {};
}

}  // namespace hearth::sim
