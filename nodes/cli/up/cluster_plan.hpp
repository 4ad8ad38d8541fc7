#pragma once
// The data folder of `hearth up`: a throw-away trust root, the list of nodes that it signs, one
// folder for each process, and the household `demo`.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/cli/up/options.hpp"
#include "nodes/roles/enrolment.hpp"
#include "nodes/support/data_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hearth::cli::up {

/// One process to be started.
struct ProcessPlan {
  std::string name;  ///< Unique; also of its data folder.
  std::string role;
  std::string region;  ///< Empty where there is none.
  std::filesystem::path data;
  std::vector<std::string> arguments;  ///< Without the program's name.
  int netns = -1;                      ///< To run in, borrowed; -1: that of the supervisor.
};

struct ClusterPlan {
  std::vector<ProcessPlan> service;    ///< Directories and super-peers: these first.
  std::vector<ProcessPlan> household;  ///< Home and gateway, once the household is enrolled.
  seal::Endpoint
      http;  ///< Of the gateway: as in the options, but that port 0 became one of the book.
  std::string token;  ///< Opens the gateway.
};

/// Makes what is missing in `folder` and keeps what is there. `now` dates the node list.
/// Errors: those of `DataFolder::open` for each process; `value_invalid` when the region that
/// holds the accounts is not among the regions any more.
[[nodiscard]] Result<ClusterPlan> prepare_cluster(const Options& options, const DataFolder& folder,
                                                  WallTime now);

struct EnrolmentPlan {
  Household household;
  seal::NodeList node_list;
};

/// What is to be enrolled, as `prepare_cluster` left it in the folder `data`.
[[nodiscard]] Result<EnrolmentPlan> plan_enrolment(const std::filesystem::path& data, WallTime now);

}  // namespace hearth::cli::up
