#include "nodes/roles/stopped_directory.hpp"

#include "actors/replication/group_store.hpp"
#include "nodes/support/commit_thread.hpp"
#include "nodes/support/data_folder.hpp"
#include "storage/rocks_event_log.hpp"

#include <future>
#include <string>
#include <utility>

namespace hearth::cli {

struct StoppedDirectory::State {
  std::unique_ptr<DataFolder> folder;
  NodeId id;
  CommitThread commits;  // outlives the log
  std::unique_ptr<storage::RocksEventLog> log;
};

StoppedDirectory::StoppedDirectory(std::unique_ptr<State> state) : state_(std::move(state)) {}

StoppedDirectory::~StoppedDirectory() = default;

Result<std::unique_ptr<StoppedDirectory>> StoppedDirectory::open(
    const std::filesystem::path& data) {
  auto state = std::make_unique<State>();
  auto folder = DataFolder::open_existing(data, "directory");
  if (!folder) {
    return folder.error();
  }
  state->folder = std::move(folder.value());
  const auto identity = state->folder->identity();
  if (!identity) {
    return identity.error();
  }
  state->id = identity.value().id;
  auto log = storage::RocksEventLog::open({(state->folder->path() / "log").string(), nullptr},
                                          state->commits);
  if (!log) {
    return Error{log.error().code, state->folder->path().string() + ": " + log.error().detail};
  }
  state->log = std::move(log.value());
  return std::unique_ptr<StoppedDirectory>(new StoppedDirectory(std::move(state)));
}

const std::filesystem::path& StoppedDirectory::data() const {
  return state_->folder->path();
}

const NodeId& StoppedDirectory::id() const {
  return state_->id;
}

Result<std::vector<replication::GroupRemains>> StoppedDirectory::remains(
    std::uint32_t groups) const {
  std::vector<replication::GroupRemains> all;
  for (std::uint32_t number = 0; number < groups; ++number) {
    const GroupId group{number};
    replication::ReplicatedReader reader(group, *state_->log);
    auto found = replication::GroupStore(group, *state_->log, reader).recover();
    if (!found) {
      return found.error();
    }
    if (!found.value()) {
      return Error{ErrorCode::not_found, data().string() + " has no replica of group " +
                                             std::to_string(number) +
                                             ", so it cannot bring that back"};
    }
    all.push_back(replication::remains_of(group, std::move(*found.value())));
  }
  return all;
}

Result<void> StoppedDirectory::write(std::vector<storage::Append> appends) {
  std::promise<Result<void>> done;
  auto& log = *state_->log;
  log.commit({log.last_batch() + 1, std::move(appends)},
             [&done](Result<void> outcome) { done.set_value(std::move(outcome)); });
  return done.get_future().get();
}

}  // namespace hearth::cli
