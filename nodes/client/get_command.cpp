#include "nodes/client/get_command.hpp"

#include "nodes/client/http_transfer.hpp"
#include "nodes/client/output_file.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace hearth::cli {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds patience{10};
constexpr int retry_pause_ms = 250;

using Sink = std::function<Result<void>(BytesView)>;

struct Found {
  std::string url;
  std::uint64_t size = 0;
};

Result<Found> find_item(const ApiClient& api, const std::string& home, const std::string& item) {
  const auto shown = api.get("/homes/" + home + "/items/" + url_encoded(item));
  if (!shown) {
    return shown.error();
  }
  Found found{text_at(shown.value(), "mediaUrl"), number_at(shown.value(), "size")};
  if (found.url.empty()) {
    return Error{ErrorCode::range_invalid, "this item is a folder: it has no bytes"};
  }
  return found;
}

/// Fetches `first` to before `end`, over as many transfers as it takes.
class Download {
 public:
  Download(const ApiClient& api, std::string home, const GetOptions& options, Sink sink)
      : api_(api),
        home_(std::move(home)),
        options_(options),
        sink_(std::move(sink)),
        bar_(options.output) {}

  Result<std::uint64_t> run() {
    auto found = find_item(api_, home_, options_.item);
    if (!found) {
      return found.error();
    }
    if (auto bounded = bound(found.value().size); !bounded) {
      return bounded.error();
    }
    const auto first = at_;
    progress_at_ = std::chrono::steady_clock::now();
    auto got = fetch(found.value().url);
    while (!got && may_retry(got.error())) {
      ::poll(nullptr, 0, retry_pause_ms);
      // Also a new URL: the old one may be over.
      found = find_item(api_, home_, options_.item);
      got = found ? fetch(found.value().url) : Result<void>{found.error()};
    }
    return got ? Result<std::uint64_t>{at_ - first} : Result<std::uint64_t>{got.error()};
  }

 private:
  Result<void> bound(std::uint64_t size) {
    size_ = size;
    end_ = size;
    if (!options_.range) {
      return {};
    }
    const auto range = parse_range(*options_.range);
    if (!range) {
      return range.error();
    }
    if (range.value().first >= size || range.value().last.value_or(0) >= size) {
      return Error{ErrorCode::range_invalid,
                   fmt::format("{} is past the end: the file has {} bytes", *options_.range, size)};
    }
    at_ = range.value().first;
    end_ = range.value().last.value_or(size - 1) + 1;
    return {};
  }

  Result<void> fetch(const std::string& url) {
    if (at_ == end_) {
      return {};
    }
    Result<void> taken;
    std::string refusal;
    unsigned status = 0;
    TransferRequest request;
    request.url = url;
    if (at_ != 0 || end_ != size_) {
      request.range = fmt::format("{}-{}", at_, end_ - 1);
      request.if_range = etag_;
    }
    request.on_head = [&](const TransferHead& head) {
      status = head.status;
      taken = check(head, !request.range.empty());
      return taken.ok();
    };
    request.on_body = [&](BytesView bytes) {
      if (status != 200 && status != 206) {
        refusal.append(bytes.begin(), bytes.end());
        return refusal.size() < (1U << 16U);
      }
      taken = take(bytes);
      return taken.ok();
    };
    const auto done = transfer(request);
    if (!taken) {
      return taken;
    }
    if (!done) {
      return done.error();
    }
    return status == 200 || status == 206 ? Result<void>{} : error_of_problem(status, refusal);
  }

  Result<void> check(const TransferHead& head, bool ranged) {
    if (head.status != 200 && head.status != 206) {
      return {};
    }
    const bool other = !etag_.empty() && head.etag != etag_;
    if (other || head.status != (ranged ? 206U : 200U) || head.content_length != end_ - at_) {
      return Error{ErrorCode::item_changed, "the file has changed meanwhile"};
    }
    etag_ = head.etag;
    return {};
  }

  Result<void> take(BytesView bytes) {
    if (auto written = sink_(bytes); !written) {
      return written;
    }
    at_ += bytes.size();
    progress_at_ = std::chrono::steady_clock::now();
    if (!options_.output.empty() && options_.output != "-") {
      bar_.show(at_, end_);
    }
    return {};
  }

  [[nodiscard]] bool may_retry(const Error& error) const {
    const bool may_heal =
        kind_of(error.code) == ErrorKind::transient && error.code != ErrorCode::outcome_unknown;
    return may_heal && at_ != 0 && std::chrono::steady_clock::now() - progress_at_ < patience;
  }

  const ApiClient& api_;
  std::string home_;
  const GetOptions& options_;
  Sink sink_;
  ProgressBar bar_;
  std::string etag_;  ///< Of the version that was begun.
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t end_ = 0;
  SteadyTime progress_at_;
};

Result<void> write_stdout(BytesView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) {
      return file_error(errno, "standard output", "write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return {};
}

Result<void> get_to_stdout(const ApiClient& api, const std::string& home,
                           const GetOptions& options) {
  if (options.output.empty() && ::isatty(STDOUT_FILENO) == 1) {
    return Error{ErrorCode::value_invalid,
                 "these bytes would garble the terminal: give -o FILE, or -o - to insist"};
  }
  const auto got = Download{api, home, options, write_stdout}.run();
  return got ? Result<void>{} : Result<void>{got.error()};
}

Result<void> get_to_file(const ApiClient& api, const std::string& home, const GetOptions& options) {
  auto file = OutputFile::create(options.output);
  if (!file) {
    return file.error();
  }
  auto got = Download{
      api, home, options, [&file](BytesView bytes) {
        return file.value().write(bytes);
      }}.run();
  if (!got) {
    return got.error();
  }
  if (auto finished = file.value().finish(); !finished) {
    return finished;
  }
  if (options.json) {
    fmt::print("{}\n", json_object({{"item", json_text(options.item)},
                                    {"file", json_text(options.output)},
                                    {"bytes", std::to_string(got.value())}}));
  }
  return {};
}

}  // namespace

Result<WantedRange> parse_range(const std::string& text) {
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value);
    if (read.ec == std::errc::result_out_of_range) {
      value = std::numeric_limits<std::uint64_t>::max();  // past the end of any file
    }
    return read.ec != std::errc::invalid_argument && read.ptr == end ? std::optional{value}
                                                                     : std::nullopt;
  };
  const Error error{ErrorCode::value_invalid, "--range is A-B or A-, in bytes, B included"};
  const auto dash = text.find('-');
  if (dash == std::string::npos) {
    return error;
  }
  const auto first = number(std::string_view{text}.substr(0, dash));
  const auto rest = std::string_view{text}.substr(dash + 1);
  const auto last = number(rest);
  if (!first || (!rest.empty() && (!last || *last < *first))) {
    return error;
  }
  return WantedRange{*first, last};
}

Result<void> get_item(const ApiClient& api, const GetOptions& options) {
  if (options.range) {
    if (const auto range = parse_range(*options.range); !range) {
      return range.error();
    }
  }
  const bool to_stdout = options.output.empty() || options.output == "-";
  if (auto fits = to_stdout ? Result<void>{} : OutputFile::check(options.output); !fits) {
    return fits;
  }
  const auto home = choose_home(api, options.home);
  if (!home) {
    return home.error();
  }
  return to_stdout ? get_to_stdout(api, home.value(), options)
                   : get_to_file(api, home.value(), options);
}

}  // namespace hearth::cli
