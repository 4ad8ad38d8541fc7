#include "sim/disk/disk_file.hpp"

#include "messages/base/check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace hearth::sim {

namespace {

/// Sectors of `tail`, which begins at `offset` of its file.
std::vector<std::string> sectors_of(std::string_view tail, std::size_t offset) {
  std::vector<std::string> sectors;
  auto room = DiskFile::sector_bytes - offset % DiskFile::sector_bytes;
  while (!tail.empty()) {
    sectors.emplace_back(tail.substr(0, room));
    tail.remove_prefix(sectors.back().size());
    room = DiskFile::sector_bytes;
  }
  return sectors;
}

std::string mixed(std::string_view tail, std::size_t offset, Random& random) {
  auto sectors = sectors_of(tail, offset);
  for (auto& sector : sectors) {
    switch (random.below(4)) {
      case 0: std::fill(sector.begin(), sector.end(), '\0'); break;
      case 1: std::swap(sector, sectors[random.below(sectors.size())]); break;
      case 2: sector.clear(); break;
      default: break;
    }
  }
  std::string result;
  for (const auto& sector : sectors) {
    result += sector;
  }
  return result;
}

/// What is left of `tail`, which was never synced.
std::string left_of(std::string_view tail, std::size_t offset, const PowerLossOptions& how,
                    Random& random) {
  const auto weights = std::max(1U, how.lost + how.torn + how.kept + how.mixed);
  const auto drawn = random.below(weights);
  if (drawn < how.lost) {
    return {};
  }
  if (drawn < how.lost + how.torn) {
    return std::string(tail.substr(0, random.below(tail.size() + 1)));
  }
  if (drawn < how.lost + how.torn + how.kept) {
    return std::string(tail);
  }
  return mixed(tail, offset, random);
}

}  // namespace

void DiskFile::write(std::size_t offset, std::string_view data) {
  const auto end = offset + data.size();
  remember(offset, end);
  if (bytes_.size() < offset) {
    bytes_.resize(offset);
  }
  bytes_.replace(offset, data.size(), data);  // what is beyond the end is appended
}

void DiskFile::truncate(std::size_t size) {
  remember(size, durable_bytes_);
  bytes_.resize(size);
}

void DiskFile::sync() {
  overwritten_.clear();
  durable_bytes_ = bytes_.size();
}

void DiskFile::lose_power(const PowerLossOptions& how, Random& random) {
  const auto written = bytes_;
  const auto durable = durable_bytes_;
  restore(written, random);
  if (written.size() > durable) {
    bytes_ += left_of(std::string_view(written).substr(durable), durable, how, random);
  } else if (written.size() < durable && random.chance(0.5)) {
    bytes_.resize(written.size());
  }
  sync();
}

void DiskFile::flip(std::size_t offset, unsigned char mask) {
  HEARTH_CHECK(offset < bytes_.size());
  bytes_[offset] = static_cast<char>(static_cast<unsigned char>(bytes_[offset]) ^ mask);
}

/// Keeps the durable bytes of the sectors between, before they are changed for the first time.
void DiskFile::remember(std::size_t begin, std::size_t end) {
  end = std::min(end, durable_bytes_);
  for (auto sector = begin / sector_bytes; sector * sector_bytes < end; ++sector) {
    const auto first = sector * sector_bytes;
    const auto size = std::min(sector_bytes, durable_bytes_ - first);
    if (!overwritten_.contains(sector)) {
      overwritten_.emplace(sector, bytes_.substr(first, size));
    }
  }
}

/// The durable bytes, of which changed sectors are old, new or torn. `written`: the file before.
void DiskFile::restore(const std::string& written, Random& random) {
  bytes_.resize(durable_bytes_);
  for (const auto& [sector, old] : overwritten_) {
    const auto first = sector * sector_bytes;
    auto kept = written.size() < first ? 0 : std::min(old.size(), written.size() - first);
    switch (random.below(3)) {
      case 0: kept = 0; break;
      case 1: kept = random.below(kept + 1); break;
      default: break;
    }
    bytes_.replace(first + kept, old.size() - kept, old, kept, std::string::npos);
  }
}

}  // namespace hearth::sim
