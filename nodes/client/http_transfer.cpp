#include "nodes/client/http_transfer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <curl/curl.h>
#include <memory>
#include <string_view>

namespace hearth::cli {

namespace {

constexpr long connect_seconds = 5;
constexpr long stall_seconds = 30;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using List = std::unique_ptr<curl_slist, FreeList>;

/// What the callbacks see.
struct Progress {
  const TransferRequest& request;
  TransferHead head;
  bool head_told = false;
};

std::string_view value_of(std::string_view line, std::string_view name) {
  const auto same = [](char a, char b) { return std::tolower(a) == b; };
  if (line.size() <= name.size() || line[name.size()] != ':' ||
      !std::equal(name.begin(), name.end(), line.begin(),
                  [&same](char wanted, char given) { return same(given, wanted); })) {
    return {};
  }
  line.remove_prefix(name.size() + 1);
  const auto first = std::min(line.find_first_not_of(' '), line.size());
  const auto last = line.find_last_not_of(" \r\n");
  return last == std::string_view::npos ? std::string_view{} : line.substr(first, last + 1 - first);
}

std::size_t take_header(const char* data, std::size_t size, std::size_t count, void* to) {
  auto& head = static_cast<Progress*>(to)->head;
  const std::string_view line{data, size * count};
  if (line.substr(0, 5) == "HTTP/") {
    head = {};  // "100 Continue" had a head of its own
  } else if (const auto etag = value_of(line, "etag"); !etag.empty()) {
    head.etag = etag;
  } else if (const auto length = value_of(line, "content-length"); !length.empty()) {
    std::uint64_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    head.content_length = bytes;
  }
  return size * count;
}

bool tell_head(CURL* easy, Progress& progress) {
  if (std::exchange(progress.head_told, true)) {
    return true;
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  progress.head.status = static_cast<unsigned>(status);
  return !progress.request.on_head || progress.request.on_head(progress.head);
}

struct Body {
  CURL* easy;
  Progress* progress;
};

std::size_t take_body(const char* data, std::size_t size, std::size_t count, void* to) {
  const auto& body = *static_cast<Body*>(to);
  const BytesView bytes{reinterpret_cast<const std::uint8_t*>(data), size * count};
  return tell_head(body.easy, *body.progress) && body.progress->request.on_body(bytes)
             ? bytes.size()
             : CURL_WRITEFUNC_ERROR;
}

int ask_to_go_on(void* to, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const TransferRequest*>(to)->on_wait() ? 0 : 1;
}

Error error_of(CURLcode code, const TransferRequest& request) {
  const std::string detail =
      request.url.substr(0, request.url.find('/', 8)) + ": " + curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return {ErrorCode::timed_out, detail};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return {ErrorCode::value_invalid, detail};
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_WRITE_ERROR: return {ErrorCode::outcome_unknown, detail};
    default: return {ErrorCode::unreachable, detail};
  }
}

List header_lines(const TransferRequest& request) {
  List lines;
  const auto add = [&lines](const std::string& line) {
    auto* longer = curl_slist_append(lines.get(), line.c_str());
    static_cast<void>(lines.release());
    lines.reset(longer);
  };
  if (!request.token.empty()) {
    add("Authorization: Bearer " + request.token);
  }
  if (!request.if_range.empty()) {
    add("If-Range: " + request.if_range);
  }
  return lines;
}

}  // namespace

Result<TransferHead> transfer(const TransferRequest& request) {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  const Easy easy{ready ? curl_easy_init() : nullptr};
  if (!easy) {
    return Error{ErrorCode::unreachable, "libcurl does not start"};
  }
  Progress progress{request, {}, false};
  Body body{easy.get(), &progress};
  const auto lines = header_lines(request);
  const auto set = [&easy](CURLoption option, auto value) {
    curl_easy_setopt(easy.get(), option, value);
  };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, connect_seconds);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, stall_seconds);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.budget.count()));
  set(CURLOPT_HTTPHEADER, lines.get());
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&progress));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&body));
  if (request.on_wait) {
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &ask_to_go_on);
    set(CURLOPT_XFERINFODATA, static_cast<const void*>(&request));
  }
  if (!request.range.empty()) {
    set(CURLOPT_RANGE, request.range.c_str());
  }
  if (request.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, "");
  }
  const auto code = curl_easy_perform(easy.get());
  if (code != CURLE_OK) {
    return error_of(code, request);
  }
  if (!tell_head(easy.get(), progress)) {
    return Error{ErrorCode::outcome_unknown, "ended"};
  }
  return progress.head;
}

}  // namespace hearth::cli
