#include "nodes/cli/up/status_text.hpp"

#include "nodes/cli/version.hpp"
#include "nodes/support/endpoint_text.hpp"

#include <nlohmann/json.hpp>

namespace hearth::cli::up {
namespace {

using Json = nlohmann::ordered_json;

const char* name_of(ProcessState state) {
  switch (state) {
    case ProcessState::serving: return "serving";
    case ProcessState::paused: return "paused";
    case ProcessState::down: return "down";
    case ProcessState::starting: break;
  }
  return "starting";
}

}  // namespace

std::string status_text(const ClusterPlan& plan, const std::vector<ProcessStatus>& processes,
                        std::uint64_t error_lines) {
  auto list = Json::array();
  for (const auto& [process, state] : processes) {
    list.push_back({{"name", process->name},
                    {"role", process->role},
                    {"region", process->region.empty() ? Json() : Json(process->region)},
                    {"state", name_of(state)}});
  }
  return Json{{"version", version},
              {"gateway", "http://" + to_text(plan.http)},
              {"token", plan.token},
              {"error_lines", error_lines},
              {"network", !plan.service.empty() && plan.service.front().netns >= 0},
              {"processes", std::move(list)}}
      .dump();
}

}  // namespace hearth::cli::up
