#include "nodes/support/ready_pipe.hpp"

#include "nodes/support/endpoint_text.hpp"

#include <sstream>
#include <unistd.h>

namespace hearth {

std::string ready_line(const Ready& ready) {
  auto line = "ready " + to_text(ready.admin);
  for (const auto& endpoint : ready.listen) {
    line += " " + to_text(endpoint);
  }
  return line;
}

void announce_ready(int fd, const Ready& ready) {
  if (fd < 0) {
    return;
  }
  const auto line = ready_line(ready) + "\n";
  // A few hundred bytes into an empty pipe: whole or, if the reader is gone, of no interest.
  [[maybe_unused]] const auto written = ::write(fd, line.data(), line.size());
  ::close(fd);
}

Result<Ready> parse_ready(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string word;
  std::vector<seal::Endpoint> endpoints;
  bool good = words >> word && word == "ready";
  while (good && words >> word) {
    const auto endpoint = parse_endpoint(word);
    good = endpoint.ok();
    if (good) {
      endpoints.push_back(endpoint.value());
    }
  }
  if (!good || endpoints.empty()) {
    return Error{ErrorCode::message_malformed, "a ready line that is none"};
  }
  return Ready{{endpoints.begin() + 1, endpoints.end()}, endpoints.front()};
}

}  // namespace hearth
