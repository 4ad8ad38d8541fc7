#include "nodes/cli/up/ready_file.hpp"

#include "messages/base/check.hpp"
#include "nodes/cli/version.hpp"
#include "nodes/support/endpoint_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hearth::cli::up {

using Json = nlohmann::ordered_json;

std::string gateway_url(const std::vector<Running>& running) {
  const auto gateway = std::find_if(running.begin(), running.end(), [](const auto& process) {
    return process.plan->role == "gateway";
  });
  HEARTH_CHECK(gateway != running.end() && !gateway->ready.listen.empty());
  return "http://" + to_text(gateway->ready.listen.front());
}

std::string ready_text(const std::vector<Running>& running, std::string_view token) {
  auto processes = Json::array();
  for (const auto& [plan, pid, ready] : running) {
    auto listen = Json::array();
    for (const auto& endpoint : ready.listen) {
      listen.push_back(to_text(endpoint));
    }
    processes.push_back({{"role", plan->role},
                         {"region", plan->region.empty() ? Json() : Json(plan->region)},
                         {"pid", pid},
                         {"listen", std::move(listen)},
                         {"admin", to_text(ready.admin)},
                         {"data", plan->data.string()}});
  }
  return Json{{"version", version},
              {"status", "ready"},
              {"gateway", gateway_url(running)},
              {"token", token},
              {"processes", std::move(processes)}}
             .dump() +
         "\n";
}

}  // namespace hearth::cli::up
