#pragma once
// Which ports the processes of `hearth up` use. Chosen once and kept in the file ports.toml, so
// that homes and gateways find the same super-peers after a restart.
//
// `advertised_control` and `advertised_data` of a super-peer or directory may be added to the file
// by hand: the node list then names those ports instead, and whoever listens there must pass the
// bytes on. So a proxy or an emulated network can stand before a node.

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hearth::cli::up {

class PortBook {
 public:
  /// Errors: `value_invalid`, `format_newer`, `not_readable`. A missing file is an empty book.
  [[nodiscard]] static Result<PortBook> load(const std::filesystem::path& path);
  [[nodiscard]] Result<void> save(const std::filesystem::path& path) const;

  /// The port of `purpose` ("control", "data", "admin") of `process`: the one in the book if it
  /// is free on 127.0.0.1, otherwise another one, which is then in the book.
  /// Errors: `in_use` (no free port was found).
  [[nodiscard]] Result<std::uint16_t> choose(const std::string& process,
                                             const std::string& purpose);

  /// Where others find what listens at `port`.
  [[nodiscard]] std::uint16_t advertised(const std::string& process, const std::string& purpose,
                                         std::uint16_t port) const;

  /// Regions whose directories replicate the accounts: those of the first start.
  std::vector<std::string> replicas;

 private:
  std::map<std::string, std::map<std::string, std::uint16_t>> ports_by_process_;
  std::set<std::uint16_t> chosen_;
};

/// Whether a socket could listen at 127.0.0.1:`port` now.
[[nodiscard]] bool is_port_free(std::uint16_t port);

/// Whether somebody could listen at `endpoint`. Errors: `in_use` when it was taken for a second;
/// `value_invalid` for a host that is unknown or not of this machine.
[[nodiscard]] Result<void> check_free(const seal::Endpoint& endpoint);

}  // namespace hearth::cli::up
