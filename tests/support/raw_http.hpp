#pragma once
// The outside of an HTTP server, for tests: sends any bytes, reads answers. Every wait ends after
// ten seconds, as an answer with status 0.

#include "tests/support/data_socket.hpp"

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::test {

struct Answer {
  unsigned status = 0;
  std::map<std::string, std::string> fields;  ///< Names in lower case, as our server sends them.
  std::string body;

  [[nodiscard]] std::string field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
  }
};

class RawHttp {
 public:
  explicit RawHttp(std::uint16_t port, int buffer_bytes = 0)
      : socket_(port, buffer_bytes), port_(port) {}

  bool send(std::string_view text) {
    return socket_.send({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  /// A request with Host and these further lines, each with its line end.
  Answer ask(std::string_view method, std::string_view target, std::string_view lines = "",
             std::string_view body = "") {
    send(std::string{method}
             .append(" ")
             .append(target)
             .append(" HTTP/1.1\r\nHost: 127.0.0.1:")
             .append(std::to_string(port_))
             .append("\r\n")
             .append(lines)
             .append("\r\n")
             .append(body));
    return answer(method == "HEAD");
  }

  Answer answer(bool head = false) {
    Answer answer;
    const auto end = read_until("\r\n\r\n");
    if (end == std::string::npos) {
      return answer;
    }
    parse_head(std::string_view{buffer_}.substr(0, end), answer);
    buffer_.erase(0, end + 4);
    const auto length = std::strtoull(answer.field("content-length").c_str(), nullptr, 10);
    if (!head && answer.status != 304 && answer.status != 100) {
      while (buffer_.size() < length && read_more()) {
      }
      answer.body = buffer_.substr(0, length);
      buffer_.erase(0, answer.body.size());
    }
    return answer;
  }

  /// What comes until the server closes; nothing if it does not, or resets the connection.
  std::optional<std::string> rest() {
    while (read_more()) {
    }
    return errno == 0 ? std::optional{std::exchange(buffer_, {})} : std::nullopt;
  }
  bool closed() { return rest() == std::optional<std::string>{""}; }

  DataSocket& socket() { return socket_; }

 private:
  bool read_more() {
    const auto got = socket_.receive(65'536);
    buffer_.append(got.begin(), got.end());
    return !got.empty();
  }
  std::size_t read_until(std::string_view text) {
    while (buffer_.find(text) == std::string::npos && read_more()) {
    }
    return buffer_.find(text);
  }
  static void parse_head(std::string_view head, Answer& answer) {
    answer.status = static_cast<unsigned>(std::atoi(std::string{head.substr(9, 3)}.c_str()));
    for (auto at = head.find("\r\n"); at != std::string_view::npos;
         at = head.find("\r\n", at + 2)) {
      const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
      const auto colon = line.find(": ");
      answer.fields.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
  }

  DataSocket socket_;
  std::uint16_t port_;
  std::string buffer_;
};

}  // namespace hearth::test
