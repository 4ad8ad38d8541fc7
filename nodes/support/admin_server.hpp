#pragma once
// What a process shows of itself on its admin port, which only reads: /healthz, /readyz with the
// named checks, /metrics. A thread of its own, so that it answers while all else is stuck.

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"
#include "nodes/support/metrics.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hearth {

struct ReadyCheck {
  std::string name;  ///< As "log" or "link".
  bool ok = false;
};

struct AdminOptions {
  seal::Endpoint listen;  ///< Port 0: any.
  std::string role;
  std::string region;
  std::string version;
  /// The bound address is left in its file `admin` while the process runs, for `node status`.
  std::filesystem::path data;
  /// Called on the server's thread. Ready when all are ok.
  std::function<std::vector<ReadyCheck>()> checks;
};

class AdminServer final {
 public:
  /// `metrics` must outlive the server. Errors: `in_use`, `not_found`, `not_readable`; the detail
  /// names the address.
  [[nodiscard]] static Result<std::unique_ptr<AdminServer>> start(AdminOptions options,
                                                                  Metrics& metrics);
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;
  ~AdminServer();

  [[nodiscard]] seal::Endpoint bound() const;

 private:
  class Impl;
  explicit AdminServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hearth
