// What a stranger sends to an HTTP port, cut in two anywhere: the cut changes nothing.

#include "messages/base/check.hpp"
#include "nodes/http/request_reader.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace hearth::http;

/// Statuses and paths of everything that is read, until more is wanted or a refusal.
std::string read_all(const std::vector<std::string_view>& parts) {
  RequestReader reader{2048, 4096};
  std::string story;
  for (const auto part : parts) {
    reader.feed(part);
    for (;;) {
      const auto outcome = reader.next();
      if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
        return story + std::to_string(refusal->status);
      }
      const auto* request = std::get_if<Request>(&outcome);
      if (request == nullptr) {
        break;
      }
      HEARTH_CHECK(request->body.size() <= 4096);
      HEARTH_CHECK(!request->path.empty());
      story += request->method + " " + request->path + "?" + request->query + request->body + "\n";
    }
  }
  return story;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto cut = data[0] % text.size();
  const auto whole = read_all({text});
  const auto halves = read_all({text.substr(0, cut), text.substr(cut)});
  // Which limit a request breaks first may depend on how it comes; whether it is one may not.
  HEARTH_CHECK(whole.substr(0, whole.rfind('\n') + 1) == halves.substr(0, halves.rfind('\n') + 1));
  return 0;
}
