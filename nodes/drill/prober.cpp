#include "nodes/drill/prober.hpp"

#include "nodes/client/api_client.hpp"
#include "nodes/client/http_transfer.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <poll.h>
#include <utility>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;
using cli::TransferHead;
using cli::TransferRequest;

constexpr Millis page_budget{5000};
constexpr Millis stream_patience{10'000};  ///< Then the player asks again.
constexpr Millis pause_after_failure{250};
constexpr int search_pause_ms = 250;
constexpr std::size_t titles_max = 16;
constexpr std::size_t containers_max = 64;
constexpr double bytes_per_mbit = 125'000;

Instant now() {
  return std::chrono::steady_clock::now();
}

bool is_good(unsigned status) {
  return status == 200 || status == 206;
}

/// The largest ones: a stream that lasts meets the fault.
Result<std::vector<Title>> find_titles(const cli::ApiClient& api, const std::string& home) {
  std::vector<Title> titles;
  std::vector<std::string> containers = {""};
  for (std::size_t i = 0; i < containers.size() && i < containers_max; ++i) {
    const auto& parent = containers[i];
    const auto page = cli::all_pages(api, "/homes/" + home + "/items",
                                     parent.empty() ? "" : "parent=" + cli::url_encoded(parent));
    if (!page) {
      return page.error();
    }
    for (const auto& item : cli::list_at(page.value(), "items")) {
      if (cli::text_at(item, "kind") == "container") {
        containers.push_back(cli::text_at(item, "id"));
      } else if (auto url = cli::text_at(item, "mediaUrl"); !url.empty()) {
        titles.push_back({std::move(url), cli::number_at(item, "size")});
      }
    }
  }
  std::erase_if(titles, [](const Title& title) { return title.size == 0; });
  std::stable_sort(titles.begin(), titles.end(),
                   [](const Title& a, const Title& b) { return a.size > b.size; });
  titles.resize(std::min(titles.size(), titles_max));
  return titles;
}

Result<Library> look(const std::string& gateway, const std::string& token,
                     const Workload& workload) {
  const cli::ApiClient api({gateway, token});
  const auto home = cli::choose_home(api, "");
  if (!home) {
    return home.error();
  }
  Library library{
      gateway, token, fmt::format("{}/api/v1/homes/{}/items?limit=50", gateway, home.value()), {}};
  if (workload.streams > 0) {
    auto titles = find_titles(api, home.value());
    if (!titles) {
      return titles.error();
    }
    library.titles = std::move(titles.value());
    if (library.titles.empty()) {
      return Error{ErrorCode::not_found, "the home has nothing to play"};
    }
  }
  return library;
}

}  // namespace

Result<Library> find_library(const std::string& gateway, const std::string& token,
                             const Workload& workload, const std::function<bool()>& go_on) {
  auto found = look(gateway, token, workload);
  while (!found && go_on()) {
    ::poll(nullptr, 0, search_pause_ms);
    found = look(gateway, token, workload);
  }
  return found;
}

Prober::Prober(Library library, const Topology& topology, const Workload& workload,
               LiveRecord& record)
    : library_(std::move(library)), record_(record) {
  if (workload.browse_per_s > 0) {
    const auto people = std::clamp<std::size_t>(topology.clients, 1, people_max);
    const auto every = std::chrono::duration_cast<Instant::duration>(
        std::chrono::duration<double>(static_cast<double>(people) / workload.browse_per_s));
    for (std::size_t i = 0; i < people; ++i) {
      const auto first = every * static_cast<int>(i) / static_cast<int>(people);
      threads_.emplace_back([this, i, first, every] { browse(i, first, every); });
    }
  }
  const auto players = std::min<std::size_t>(workload.streams, players_max);
  for (std::size_t i = 0; i < players; ++i) {
    threads_.emplace_back([this, i, rate = workload.rate_mbit * bytes_per_mbit] { play(i, rate); });
  }
}

Prober::~Prober() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) {
    thread.join();
  }
}

bool Prober::stopping() const {
  const std::lock_guard lock(mutex_);
  return stop_;
}

/// False: it stops.
bool Prober::wait_until(Instant at) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, at, [this] { return stop_; });
  return !stop_;
}

/// One page after the other, as a person asks: the next one is due `every` later, or as soon as
/// this one came or failed.
void Prober::browse(std::size_t person, Instant::duration first, Instant::duration every) {
  for (auto due = now() + first; wait_until(due); due = std::max(due + every, now())) {
    TransferRequest request;
    request.url = library_.page_url;
    request.token = library_.token;
    request.budget = page_budget;
    request.on_body = [](BytesView) { return true; };
    request.on_wait = [this] { return !stopping(); };
    const auto begin = now();
    const auto head = cli::transfer(request);
    if (stopping()) {
      return;
    }
    const auto end = now();
    const bool came = head && head.value().status == 200;
    record_.asked_page(
        person, end,
        came ? std::optional(std::chrono::duration_cast<Millis>(end - begin)) : std::nullopt);
  }
}

void Prober::play(std::size_t player, double bytes_per_s) {
  for (auto next = player; !stopping(); ++next) {
    if (!play_on(player, library_.titles[next % library_.titles.size()], bytes_per_s)) {
      return;
    }
    record_.stream_ended(player);
  }
}

/// Plays a title to its end, over as many transfers as it takes.
bool Prober::play_on(std::size_t player, const Title& title, double bytes_per_s) {
  const auto begin = now();
  std::uint64_t offset = 0;
  bool changed = false;
  std::string etag;
  record_.asked_stream(player, begin);
  while (offset < title.size && !changed) {
    bool good = false;
    TransferRequest request;
    request.url = title.url;
    request.range = fmt::format("{}-{}", offset, title.size - 1);
    request.if_range = etag;
    request.on_wait = [this, player] {
      return !stopping() && record_.waits(player, now()) < stream_patience;
    };
    request.on_head = [&](const TransferHead& head) {
      good = is_good(head.status);
      changed = good && (head.status != 206 || (!etag.empty() && head.etag != etag));
      etag = head.etag;
      return good && !changed;
    };
    request.on_body = [&](BytesView bytes) {
      record_.got_bytes(player, now(), bytes.size());
      offset += bytes.size();
      const auto due =
          begin + std::chrono::duration_cast<Instant::duration>(
                      std::chrono::duration<double>(static_cast<double>(offset) / bytes_per_s));
      const bool goes_on = wait_until(due);
      record_.wants_bytes(player, now());
      return goes_on;
    };
    record_.wants_bytes(player, now());
    static_cast<void>(cli::transfer(request));
    if (stopping()) {
      return false;
    }
    if (offset < title.size && !changed) {
      record_.stream_broke(player, now());
      if (!wait_until(now() + pause_after_failure)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace hearth::drill
