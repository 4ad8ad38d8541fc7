#include "nodes/cli/cluster_client.hpp"

#include "messages/directory/group_map.hpp"
#include "messages/envelope/codec.hpp"
#include "nodes/roles/operator_socket.hpp"
#include "nodes/support/runtime_socket.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace hearth::cli {

namespace {

namespace fs = std::filesystem;
using replication::OperatorAnswer;

/// Longer than a directory takes to hear that the others are silent.
constexpr Millis patience{6000};

std::string text_at(const nlohmann::json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Error nobody_runs() {
  return {ErrorCode::unreachable,
          "no directory of yours runs here: start one, or name its folder with --data"};
}

Result<std::vector<fs::path>> running_directories() {
  const auto* runtime = std::getenv("XDG_RUNTIME_DIR");
  const auto told = ask_runtime_sockets(runtime_folder(runtime == nullptr ? "" : runtime));
  if (!told) {
    return told.error();
  }
  std::vector<fs::path> sockets;
  std::set<std::string> clusters;
  for (const auto& text : told.value()) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (text_at(json, "role") == "directory" && !text_at(json, "operator").empty()) {
      sockets.emplace_back(text_at(json, "operator"));
      clusters.insert(text_at(json, "cluster"));
    }
  }
  if (clusters.size() > 1) {
    std::string folders;
    for (const auto& socket : sockets) {
      folders += (folders.empty() ? "" : ", ") + socket.parent_path().string();
    }
    return Error{
        ErrorCode::value_invalid,
        "directories of several clusters run here, name the folder of one with --data: " + folders};
  }
  return sockets.empty() ? Result<std::vector<fs::path>>(nobody_runs()) : std::move(sockets);
}

template <class Wanted>
Result<Wanted> expect(Result<OperatorAnswer> answer) {
  if (!answer) {
    return answer.error();
  }
  if (auto* wanted = std::get_if<Wanted>(&answer.value().what)) {
    return std::move(*wanted);
  }
  if (auto* error = std::get_if<Error>(&answer.value().what)) {
    return std::move(*error);
  }
  return Error{ErrorCode::message_malformed, "the directory answers something else"};
}

}  // namespace

Result<ClusterClient> ClusterClient::find(const fs::path& data) {
  if (!data.empty()) {
    return ClusterClient({data / OperatorSocket::name});
  }
  auto running = running_directories();
  if (!running) {
    return running.error();
  }
  return ClusterClient(std::move(running.value()));
}

Result<OperatorAnswer> ClusterClient::ask(const replication::OperatorOrder& order) const {
  const auto bytes = encode(order);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Error last = nobody_runs();
  for (const auto& socket : sockets_) {
    const auto answer = give_order(socket, text, patience);
    if (answer) {
      const auto& said = answer.value();
      return decode<OperatorAnswer>(
          {reinterpret_cast<const std::uint8_t*>(said.data()), said.size()});
    }
    last = {ErrorCode::unreachable, "no directory answers: " + answer.error().detail};
  }
  return last;
}

Result<replication::ClusterSurvey> ClusterClient::survey(GroupId group) const {
  return expect<replication::ClusterSurvey>(ask({replication::SurveyGroup{group}}));
}

Result<std::vector<replication::ClusterSurvey>> ClusterClient::survey_all() const {
  std::vector<replication::ClusterSurvey> all;
  std::uint32_t groups = 1;
  for (std::uint32_t group = 0; group < groups; ++group) {
    auto found = survey(GroupId{group});
    if (!found) {
      return found.error();
    }
    groups = std::min(found.value().groups, directory::GroupMap::groups_max);
    all.push_back(std::move(found.value()));
  }
  return all;
}

Result<replication::MembersProposed> ClusterClient::change(
    const replication::ChangeMembers& change) const {
  return expect<replication::MembersProposed>(ask({change}));
}

}  // namespace hearth::cli
