#include "nodes/drill/live_cluster.hpp"

#include "nodes/support/order_socket.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hearth::drill {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* process_socket = "drills.sock";
constexpr const char* network_socket = "network.sock";
constexpr Millis patience{5000};

std::string text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::uint64_t number_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

Error no_cluster(const std::filesystem::path& data, ErrorCode code) {
  return {code, fmt::format("no cluster that takes drills runs in {}: start one with hearth up "
                            "--drills --data {}",
                            data.string(), data.string())};
}

GiveOrder orders_at(const std::filesystem::path& data, const char* socket) {
  return [data, socket](const std::string& order) -> Result<std::string> {
    auto answer = give_order(data / socket, order, patience);
    if (!answer) {
      const auto code = answer.error().code;
      return code == ErrorCode::not_found || code == ErrorCode::unreachable ? no_cluster(data, code)
                                                                            : answer.error();
    }
    const auto json = Json::parse(answer.value(), nullptr, false);
    if (!json.is_object() || json.contains("error")) {
      return Error{ErrorCode::value_invalid,
                   json.is_object() ? text_at(json, "error") : "the cluster did not answer JSON"};
    }
    return answer;
  };
}

}  // namespace

bool ClusterStatus::all_serve() const {
  return std::all_of(processes.begin(), processes.end(),
                     [](const LiveProcess& process) { return process.serves; });
}

Result<ClusterStatus> parse_status(std::string_view answer) {
  const auto json = Json::parse(answer, nullptr, false);
  ClusterStatus status;
  const auto list = json.is_object() ? json.find("processes") : json.end();
  if (json.is_object() && list != json.end() && list->is_array()) {
    status.gateway = text_at(json, "gateway");
    status.token = text_at(json, "token");
    status.error_lines = number_at(json, "error_lines");
    status.network = json.contains("network") && json["network"] == true;
    for (const auto& entry : *list) {
      if (entry.is_object()) {
        status.processes.push_back({text_at(entry, "name"), text_at(entry, "role"),
                                    text_at(entry, "region"),
                                    text_at(entry, "state") == "serving"});
      }
    }
  }
  if (status.gateway.empty() || status.processes.empty()) {
    return Error{ErrorCode::message_malformed, "the cluster does not say what runs there"};
  }
  return status;
}

ClusterOrders orders_to(const std::filesystem::path& data) {
  return {orders_at(data, process_socket), orders_at(data, network_socket)};
}

Result<ClusterStatus> status_of(const ClusterOrders& cluster) {
  const auto answer = cluster.processes(R"({"order":"status"})");
  return answer ? parse_status(answer.value()) : answer.error();
}

}  // namespace hearth::drill
