#pragma once

#include "messages/base/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::http {

struct Field {
  std::string name;  ///< Lower case.
  std::string value;
};

/// Header fields in the order in which they came. Names are lower case.
class Fields {
 public:
  void add(std::string_view name, std::string value);
  /// All values of `name`, joined by ", " as RFC 9110 5.3 allows; nothing where there is none.
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// A complete request whose framing, Host and Origin have been checked.
struct Request {
  std::string method;
  std::string path;   ///< As sent, percent-encoded, from the first slash to before "?".
  std::string query;  ///< As sent, without "?".
  std::string host;   ///< Host and port that were asked for, one of those served.
  Fields fields;
  std::string body;  ///< At most `ServerLimits::body_bytes_max`.
  bool keep_alive = true;
  bool http_1_0 = false;
};

struct Response {
  unsigned status = 200;
  Fields fields;  ///< Without Content-Length, Date and Connection: those are the server's.
  std::string body;
};

/// The reason phrase of `status`.
[[nodiscard]] std::string_view reason_of(unsigned status);

}  // namespace hearth::http
