#include "nodes/gateway/media_response.hpp"

#include "messages/seal/digest.hpp"
#include "nodes/http/conditions.hpp"
#include "nodes/http/problem.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hearth::gateway {

namespace {

/// Covers up to this size are gathered before they are sent. A folder's cover has no version of
/// its own, so its ETag is made of its bytes; larger ones have none.
constexpr std::size_t cover_bytes_max = 1U << 20U;

/// How long a request for a file that has changed waits for the home to look at it anew.
constexpr Millis rescan_patience{3000};
constexpr Millis scan_pause{100};

std::string quoted(const ItemVersion& version) {
  return "\"" + to_text(version) + "\"";
}

/// What a browser may show from our origin: nothing that could run as a page of ours.
bool is_passive(std::string_view mime) {
  const bool is_plain = std::all_of(mime.begin(), mime.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>';
  });
  constexpr std::array prefixes{"audio/", "video/", "image/"};
  return is_plain && mime.find("svg") == std::string_view::npos &&
         std::any_of(prefixes.begin(), prefixes.end(), [&mime](std::string_view prefix) {
           return mime.substr(0, prefix.size()) == prefix;
         });
}

http::Response media_head(const home::StreamHeader& file, const std::string& etag) {
  http::Response head;
  head.fields.add("content-type", is_passive(file.mime) ? file.mime : "application/octet-stream");
  head.fields.add("accept-ranges", "bytes");
  head.fields.add("cache-control", "private, no-cache");
  if (!etag.empty()) {
    head.fields.add("etag", etag);
  }
  return head;
}

}  // namespace

MediaResponse::MediaResponse(http::EventLoop& loop, Resolver& resolver, LibraryClient& library,
                             MediaName name, http::ExchangePtr exchange)
    : loop_(loop),
      resolver_(resolver),
      library_(library),
      name_(name),
      exchange_(std::move(exchange)) {}

MediaResponse::~MediaResponse() {
  if (fetcher_) {
    fetcher_->cancel();
  }
}

void MediaResponse::start() {
  // The exchange keeps this alive, and lets go when it is over or the client has gone.
  exchange_->on_client_gone([self = shared_from_this()] {
    self->queue_.clear();
    if (self->fetcher_) {
      self->fetcher_->cancel();
    }
  });
  if (name_.part == home::StreamPart::media) {
    look_up();
  } else {
    fetch(0, 0);  // only the stream's header tells how large a cover is
  }
}

void MediaResponse::look_up() {
  library_.ask(client::AskHome{name_.home, home::ShowItem{name_.item}},
               [weak = weak_from_this()](const Result<client::Answer>& answer) {
                 if (const auto self = weak.lock()) {
                   self->on_item(answer);
                 }
               });
}

void MediaResponse::on_item(const Result<client::Answer>& answer) {
  if (!answer) {
    on_failed(answer.error());
    return;
  }
  const auto* page = std::get_if<home::ItemsPage>(&answer.value());
  if (page == nullptr || page->items.size() != 1 ||
      page->items.front().kind == home::ItemKind::container) {
    on_failed({ErrorCode::item_unknown, "this item has no bytes"});
    return;
  }
  const auto& item = page->items.front();
  // The catalogue may be older than the file. Whatever is said of it, bytes or none, the home has
  // opened it in this version first: an answer without bytes asks for the none at its end.
  bytes_follow_ = decide({0, item.version, item.size, 0, item.mime}, quoted(item.version));
  if (bytes_follow_) {
    fetch(range_.first, range_.first + range_.length);
  } else {
    fetch(item.size, item.size);
  }
}

/// Sets head and range, or the refusal, for the version of the file that `file` tells of. `etag`
/// empty: it has none. False: no bytes are to follow.
bool MediaResponse::decide(const home::StreamHeader& file, const std::string& etag) {
  decided_ = true;
  refusal_.reset();
  version_ = file.version;
  head_ = media_head(file, etag);
  range_ = {0, file.size};
  const auto condition = etag.empty()
                             ? http::Condition::proceed
                             : http::evaluate_conditions(exchange_->request().fields, etag);
  if (condition == http::Condition::precondition_failed) {
    refusal_ = http::problem(412, "precondition_failed", "The file is another version.");
    return false;
  }
  const auto choice = chosen_range(etag, file.size);
  if (condition == http::Condition::not_modified) {
    head_.status = 304;
  } else if (std::holds_alternative<http::RangeUnsatisfiable>(choice)) {
    refusal_ = http::problem(416, "range_not_satisfiable", "The range begins past the end.");
    refusal_->fields.add("content-range", http::unsatisfied_range(file.size));
    return false;
  } else if (const auto* part = std::get_if<http::ByteRange>(&choice)) {
    range_ = *part;
    head_.status = 206;
    head_.fields.add("content-range", http::content_range(range_, file.size));
  }
  return head_.status != 304 && range_.length != 0 && exchange_->request().method != "HEAD";
}

void MediaResponse::tell_head() {
  begun_ = true;
  if (refusal_) {
    exchange_->respond(std::move(*refusal_));
  } else {
    exchange_->begin(std::move(head_), range_.length);
  }
}

http::RangeChoice MediaResponse::chosen_range(const std::string& etag, std::uint64_t size) const {
  const auto& request = exchange_->request();
  const auto range = request.fields.find("range");
  const auto if_range = request.fields.find("if-range");
  if (request.method != "GET" || !range || (if_range && !http::if_range_holds(*if_range, etag))) {
    return http::WholeFile{};
  }
  return http::choose_range(*range, size);
}

void MediaResponse::fetch(std::uint64_t offset, std::uint64_t end) {
  if (fetcher_) {
    fetcher_->cancel();
  }
  fetcher_ = std::make_shared<StreamFetcher>(
      loop_, resolver_, library_, Fetch{name_.home, name_.item, name_.part, version_, offset, end},
      *this);
  fetcher_->start();
}

void MediaResponse::on_header(const home::StreamHeader& header) {
  const auto self = shared_from_this();
  if (!decided_) {
    if (header.size <= cover_bytes_max) {
      cover_header_ = header;
      gathering_ = true;
      return;
    }
    bytes_follow_ = decide(header, "");
    if (!bytes_follow_) {
      fetcher_->cancel();
      tell_head();
      return;
    }
    if (range_.length != header.size) {
      fetch(range_.first, range_.first + range_.length);
      return;
    }
  }
  tell_head();
}

void MediaResponse::on_media(Bytes bytes) {
  if (gathering_) {
    cover_.insert(cover_.end(), bytes.begin(), bytes.end());
    fetcher_->taken(bytes.size());
    return;
  }
  queue_.push_back(std::move(bytes));
  pump();
}

void MediaResponse::pump() {
  if (writing_ || queue_.empty()) {
    return;
  }
  writing_ = true;
  auto chunk = std::move(queue_.front());
  queue_.pop_front();
  const auto size = chunk.size();
  exchange_->write(std::move(chunk), [self = shared_from_this(), size] {
    self->writing_ = false;
    self->fetcher_->taken(size);
    self->pump();
  });
}

void MediaResponse::on_end() {
  if (gathering_) {
    on_cover();
  }
  // Otherwise the last byte that is written ends the exchange.
}

void MediaResponse::on_cover() {
  bytes_follow_ = decide(cover_header_, quoted(seal::digest_as<ItemVersion>(cover_)));
  tell_head();
  if (bytes_follow_) {
    const auto part = BytesView{cover_}.subspan(range_.first, range_.length);
    exchange_->write(Bytes{part.begin(), part.end()}, [] {});
  }
}

void MediaResponse::on_failed(const Error& error) {
  const auto self = shared_from_this();
  if (begun_) {
    queue_.clear();  // a write under way would go on with it, into an exchange that is over
    if (bytes_follow_) {
      exchange_->abort();
    }
  } else if (error.code != ErrorCode::item_changed && error.code != ErrorCode::range_invalid) {
    if (error.code == ErrorCode::item_gone && fetcher_) {
      tell_home_of_loss();
    }
    exchange_->respond(http::problem_of(error));
  } else if (!std::exchange(looked_again_, true)) {
    // A rescan may have found the new version between the two questions.
    again();
  } else {
    rescan(error);
  }
}

void MediaResponse::again() {
  decided_ = false;
  gathering_ = false;
  cover_.clear();
  version_ = {};
  fetcher_.reset();
  start();
}

// ---- files that are not as their catalogue says ----

/// Has the home look at its files if it still lists what it could not open.
void MediaResponse::tell_home_of_loss() {
  library_.ask(
      client::AskHome{name_.home, home::ShowItem{name_.item}},
      [&library = library_, name = name_](const Result<client::Answer>& answer) {
        const auto* page = answer ? std::get_if<home::ItemsPage>(&answer.value()) : nullptr;
        if (page != nullptr && page->items.size() == 1 &&
            (name.part == home::StreamPart::media || !page->items.front().art_extension.empty())) {
          library.ask(client::AskHome{name.home, home::StartRescan{}}, [](const auto& /*run*/) {});
        }
      });
}

/// Has the home look at its files, and tries again with what it finds. `why` is told when that
/// takes too long or does not help.
void MediaResponse::rescan(const Error& why) {
  const auto now = http::EventLoop::now();
  rescan_until_ = rescan_until_.value_or(now + rescan_patience);
  if (now >= *rescan_until_) {
    exchange_->respond(http::problem_of(why));
    return;
  }
  ask_scan({name_.home, home::StartRescan{}}, why, 0);
}

/// `run`: the one that is waited for; 0 while it is not known.
void MediaResponse::ask_scan(client::AskHome question, const Error& why, std::uint64_t run) {
  library_.ask(std::move(question),
               [weak = weak_from_this(), why, run](const Result<client::Answer>& answer) {
                 if (const auto self = weak.lock()) {
                   self->on_scan(answer, why, run);
                 }
               });
}

void MediaResponse::on_scan(const Result<client::Answer>& answer, const Error& why,
                            std::uint64_t run) {
  const auto* shown = answer ? std::get_if<home::ScanShown>(&answer.value()) : nullptr;
  if (shown == nullptr || http::EventLoop::now() >= *rescan_until_) {
    exchange_->respond(http::problem_of(why));
  } else if (run != 0 && shown->finished >= run) {
    again();
  } else {
    // A home that was restarted counts anew.
    const auto wanted = run == 0 ? shown->run : std::min(run, shown->run);
    pause_ = loop_.after(scan_pause, [weak = weak_from_this(), why, wanted] {
      if (const auto self = weak.lock()) {
        self->ask_scan({self->name_.home, home::ShowScan{}}, why, wanted);
      }
    });
  }
}

}  // namespace hearth::gateway
