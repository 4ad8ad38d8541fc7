#pragma once
// The gateway's API as a command sees it. Blocks.

#include "messages/base/result.hpp"
#include "nodes/client/connection.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace hearth::cli {

using Json = nlohmann::ordered_json;

// Fields of what a server said, which may have any shape: what is not there, or of another type, is
// empty, 0 or false.
[[nodiscard]] std::string text_at(const Json& json, const char* name);
[[nodiscard]] std::uint64_t number_at(const Json& json, const char* name);
[[nodiscard]] bool flag_at(const Json& json, const char* name);
[[nodiscard]] Json list_at(const Json& json, const char* name);

class ApiClient {
 public:
  explicit ApiClient(Connection connection) : connection_(std::move(connection)) {}

  /// `path` below /api/v1. Errors: what the gateway's problem says, `unreachable`, `timed_out`,
  /// `message_malformed` (no JSON).
  [[nodiscard]] Result<Json> get(const std::string& path) const { return ask("GET", path); }
  [[nodiscard]] Result<Json> post(const std::string& path) const { return ask("POST", path); }

 private:
  [[nodiscard]] Result<Json> ask(const char* method, const std::string& path) const;

  Connection connection_;
};

/// For a value in a path or a query.
[[nodiscard]] std::string url_encoded(const std::string& text);

/// The error that a refused request stands for. `body` is a problem document, or anything.
[[nodiscard]] Error error_of_problem(unsigned status, const std::string& body);

/// Id of the home among `homes`, as the gateway lists them, that `wanted` names: by id or name, or
/// as NAME@ACCOUNT where another account shares it. Own ones come before shared ones. Empty: the
/// only one, else the first online.
/// Errors: `home_unknown`, `home_offline`, `value_invalid` (several are meant).
[[nodiscard]] Result<std::string> choose_home(const Json& homes, const std::string& wanted);
/// Of the gateway's. Errors: also as `get`.
[[nodiscard]] Result<std::string> choose_home(const ApiClient& api, const std::string& wanted);

/// All items of a page route and its following pages. `query` begins after "?", may be empty.
[[nodiscard]] Result<Json> all_pages(const ApiClient& api, const std::string& path,
                                     const std::string& query);

}  // namespace hearth::cli
