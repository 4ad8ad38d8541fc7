#include "sim/disk/rocks_node_disk.hpp"

#include <string_view>
#include <utility>

namespace hearth::sim {

namespace {

constexpr const char* folder = "/log";

storage::RocksOptions options_for(const RocksEnv& env, std::size_t write_buffer_bytes) {
  storage::RocksOptions options;
  options.folder = folder;
  options.env = env.get();
  // Many logs share a process, and a small drill is to see flushes and compactions too.
  options.write_buffer_bytes = write_buffer_bytes;
  // What a cache drops depends on how the memory allocator rounds, and its disk would see that.
  options.cache_bytes = 0;
  return options;
}

bool is_in(DiskPart part, std::string_view path) {
  switch (part) {
    case DiskPart::write_ahead_log: return path.ends_with(".log");
    case DiskPart::table: return path.ends_with(".sst");
    case DiskPart::manifest: return path.find("/MANIFEST-") != std::string_view::npos;
    case DiskPart::mark: return path.ends_with("/acked");
  }
  return false;
}

}  // namespace

RocksNodeDisk::RocksNodeDisk(Timers& timers, Random random, std::size_t write_buffer_bytes)
    : NodeDisk(timers, std::move(random)),
      timers_(timers),
      write_buffer_bytes_(write_buffer_bytes),
      disk_(std::make_unique<SimDisk>(faults())),
      engine_(timers, faults(), [this] { env_->run_background_jobs(); }) {}

RocksNodeDisk::~RocksNodeDisk() {
  stop();
}

Result<storage::EventLog*> RocksNodeDisk::boot() {
  stop();
  env_.emplace(*disk_, timers_, faults().random().next());
  engine_.boot();
  auto opened = open();
  if (!opened) {
    crash();
  }
  return opened;
}

Result<storage::EventLog*> RocksNodeDisk::open() {
  const auto options = options_for(*env_, write_buffer_bytes_);
  auto opened = storage::RocksEventLog::open(options, engine_);
  if (!opened && opened.error().code == ErrorCode::not_found && !created_) {
    if (auto created = storage::RocksEventLog::create(options); !created) {
      return created.error();
    }
    created_ = true;
    opened = storage::RocksEventLog::open(options, engine_);
  }
  if (!opened) {
    return opened.error();
  }
  created_ = true;
  log_ = std::move(opened.value());
  return log_.get();
}

void RocksNodeDisk::crash() {
  disk_->crash();
  engine_.crash();
}

void RocksNodeDisk::lose_power() {
  disk_->lose_power();
  engine_.crash();
}

void RocksNodeDisk::wipe() {
  stop();
  disk_ = std::make_unique<SimDisk>(faults());
  disk_->set_capacity(capacity_);
  disk_->set_trace(trace_);
  created_ = false;
}

bool RocksNodeDisk::rot(DiskPart part, unsigned bits) {
  return disk_->rot([part](std::string_view path) { return is_in(part, path); }, bits);
}

void RocksNodeDisk::set_capacity(std::uint64_t bytes) {
  capacity_ = bytes;
  disk_->set_capacity(bytes);
}

void RocksNodeDisk::set_trace(SimDisk::Trace trace) {
  trace_ = std::move(trace);
  disk_->set_trace(trace_);
}

/// The life is over, whatever it was doing: closing the database must change nothing.
void RocksNodeDisk::stop() {
  crash();
  log_.reset();
  env_.reset();
}

}  // namespace hearth::sim
