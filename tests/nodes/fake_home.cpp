#include "tests/nodes/fake_home.hpp"

#include "actors/home/stream_sender_machine.hpp"
#include "actors/link/data_preface.hpp"
#include "tests/support/data_socket.hpp"
#include "tests/support/sealed_stream.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <unistd.h>
#include <utility>

namespace hearth::test {

namespace {

Instant steady_now() {
  return std::chrono::steady_clock::now();
}

/// Blocks until there is input (true), or 50 ms are over (false). `stop` readable ends it as well.
bool wait_for_input(int socket, int stop) {
  pollfd waits[] = {{socket, POLLIN, 0}, {stop, POLLIN, 0}};
  ::poll(waits, 2, 50);
  return (waits[0].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
}

bool stopped(int stop) {
  pollfd wait{stop, POLLIN, 0};
  return ::poll(&wait, 1, 0) == 1;
}

}  // namespace

/// One accepted data connection.
class FakeHome::Serving {
 public:
  Serving(FakeHome& home, int socket) : home_(home), socket_(socket) {}

  void run() {
    const auto number = ++home_.streams_begun_;
    fault_ = home_.fault(number);
    if (!pair()) {
      return;
    }
    auto effects = sender_->step(home::StreamConnected{}, steady_now());
    while (carry_out(effects)) {
      effects = next_step();
    }
  }

 private:
  bool pair() {
    while (!responder_.order()) {
      Bytes bytes(responder_.wants());
      const auto count = receive(bytes);
      if (count <= 0) {
        return false;
      }
      bytes.resize(static_cast<std::size_t>(count));
      const auto step = responder_.feed(bytes, [](auto, const auto& name) {
        static const auto key = stream_data_key();
        return name == key.name ? &key : nullptr;
      });
      if (!step || !send(step.value())) {
        return false;
      }
    }
    return send(responder_.status(fault_.status)) && fault_.status == ErrorCode::none && open();
  }

  bool open() {
    const auto& order = std::get<relay::OpenStream>(*responder_.order());
    auto opened = open_stream_request(order.sealed_request);
    const auto number = home::peek_request(order.sealed_request).value().number;
    home::StreamHeader header;
    header.error = static_cast<std::uint16_t>(fault_.header);
    const auto* item = home_.find(opened.request.item);
    if (item == nullptr || item->gone) {
      header.error = static_cast<std::uint16_t>(item == nullptr ? ErrorCode::item_unknown
                                                                : ErrorCode::item_gone);
    } else {
      const bool art = opened.request.part == home::StreamPart::art;
      content_ = art ? item->art : item->content;
      header.version = item->item.version;
      header.mime = art ? item->art_mime : item->item.mime;
      header.size = content_.size();
      if (!opened.request.version.is_zero() && opened.request.version != header.version) {
        header.error = static_cast<std::uint16_t>(ErrorCode::item_changed);
      }
    }
    sender_.emplace(
        home::StreamPlan{stream_context(number), std::move(opened.grants), opened.request, header});
    return true;
  }

  bool carry_out(const home::StreamEffects& effects) {
    if (!send(effects.send)) {
      return false;
    }
    written_ = !effects.send.empty();
    read_ = effects.read;
    const auto sent = sender_->media_bytes_sent();
    home_.media_sent_ += sent - counted_;
    counted_ = sent;
    return !effects.close && counted_ < fault_.cut_after && !stopped(home_.stop_read_.get());
  }

  home::StreamEffects next_step() {
    if (counted_ >= fault_.silent_after) {
      Bytes bytes(4096);  // a path that takes and gives nothing
      if (wait_for_input(socket_, home_.stop_read_.get()) && receive(bytes) <= 0) {
        fault_.cut_after = 0;
      }
      return {};
    }
    if (read_) {
      return sender_->step(
          home::ChunkRead{BytesView{content_}.subspan(read_->offset, read_->bytes)}, steady_now());
    }
    if (written_) {
      return sender_->step(home::StreamWritable{}, steady_now());
    }
    Bytes bytes(4096);
    if (!wait_for_input(socket_, home_.stop_read_.get())) {
      return sender_->step(home::StreamTick{}, steady_now());
    }
    const auto count = receive(bytes);
    if (count <= 0) {
      fault_.cut_after = 0;
      return {};
    }
    return sender_->step(home::StreamBytes{BytesView{bytes}.first(static_cast<std::size_t>(count))},
                         steady_now());
  }

  ssize_t receive(Bytes& bytes) const {
    while (!wait_for_input(socket_, home_.stop_read_.get())) {
      if (stopped(home_.stop_read_.get())) {
        return -1;
      }
    }
    return ::recv(socket_, bytes.data(), bytes.size(), 0);
  }

  [[nodiscard]] bool send(BytesView bytes) const {
    while (!bytes.empty()) {
      pollfd waits[] = {{socket_, POLLOUT, 0}, {home_.stop_read_.get(), POLLIN, 0}};
      ::poll(waits, 2, patience_ms);
      const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count <= 0 || waits[1].revents != 0) {
        return false;
      }
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }

  FakeHome& home_;
  int socket_;
  StreamFault fault_;
  link::DataResponder responder_;
  std::optional<home::StreamSenderMachine> sender_;
  Bytes content_;
  std::optional<home::StreamEffects::Read> read_;
  std::uint64_t counted_ = 0;
  bool written_ = false;
};

FakeHome::FakeHome() : listener_(bound_socket()), port_(port_of(listener_.get())) {
  int ends[2] = {-1, -1};
  HEARTH_CHECK(::pipe(ends) == 0 && ::listen(listener_.get(), 64) == 0);
  stop_read_ = UniqueFd(ends[0]);
  stop_write_ = UniqueFd(ends[1]);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeHome::~FakeHome() {
  stop_write_.reset();
  acceptor_.join();
  for (auto& server : servers_) {
    server.join();
  }
}

NodeId FakeHome::id() {
  NodeId id;
  id.bytes.fill(0xAB);
  return id;
}

void FakeHome::accept_all() {
  while (!stopped(stop_read_.get())) {
    if (wait_for_input(listener_.get(), stop_read_.get())) {
      UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const std::lock_guard lock{mutex_};
      servers_.emplace_back([this, fd = socket.release()] { serve(UniqueFd(fd)); });
    }
  }
}

void FakeHome::serve(UniqueFd socket) {
  ++streams_open_;
  Serving{*this, socket.get()}.run();
  socket.reset();
  --streams_open_;
}

// ---- questions ----

void FakeHome::ask(client::UiQuestion question) {
  answer({question.id, answer_to(question.question)});
}

Result<client::Answer> FakeHome::answer_to(const client::Question& question) {
  if (std::holds_alternative<client::ShowHomes>(question)) {
    auto homes = others;
    homes.push_back({id(), "Demo", online, scan.progress});
    return client::Answer{client::HomesView{std::move(homes)}};
  }
  if (const auto* ask = std::get_if<client::AskHome>(&question)) {
    return answer_home(*ask);
  }
  const auto& plan = std::get<client::PlanStream>(question);
  if (!online) {
    return Error{ErrorCode::home_offline, "no session with the home"};
  }
  return client::Answer{stream_plan(plan.request, ++last_number_, {{"127.0.0.1", port_}})};
}

Result<client::Answer> FakeHome::answer_home(const client::AskHome& asked) {
  if (asked.home != id()) {
    return Error{ErrorCode::home_unknown, "no such home"};
  }
  if (!online) {
    return Error{ErrorCode::home_offline, "no session with the home"};
  }
  std::vector<home::Item> found;
  if (const auto* browse = std::get_if<home::BrowseItems>(&asked.question)) {
    for (const auto& entry : items) {
      if (entry.item.parent == browse->parent && !entry.gone) {
        found.push_back(entry.item);
      }
    }
    return page_of(found, browse->cursor, browse->limit);
  }
  if (const auto* search = std::get_if<home::SearchItems>(&asked.question)) {
    for (const auto& entry : items) {
      if (entry.item.title.find(search->query) != std::string::npos) {
        found.push_back(entry.item);
      }
    }
    return page_of(found, search->cursor, search->limit);
  }
  if (const auto* show = std::get_if<home::ShowItem>(&asked.question)) {
    const auto* entry = find(show->item);
    if (entry == nullptr || entry->gone) {
      return Error{entry == nullptr ? ErrorCode::item_unknown : ErrorCode::item_gone, "no item"};
    }
    return client::Answer{home::ItemsPage{{entry->item}, ""}};
  }
  if (std::holds_alternative<home::StartRescan>(asked.question)) {
    scan.finished = ++scan.run;
    on_rescan();
  }
  const auto shown = scan;
  scan = std::exchange(scan_after_restart, std::nullopt).value_or(scan);
  return client::Answer{shown};
}

Result<client::Answer> FakeHome::page_of(const std::vector<home::Item>& all,
                                         const std::string& cursor, std::uint32_t limit) const {
  std::size_t begin = 0;
  const auto read = std::from_chars(cursor.data(), cursor.data() + cursor.size(), begin);
  if (!cursor.empty() && (read.ec != std::errc{} || begin > all.size())) {
    return Error{ErrorCode::cursor_invalid, "no such cursor"};
  }
  const auto end = std::min(all.size(), begin + limit);
  home::ItemsPage page;
  page.items.assign(all.begin() + static_cast<std::ptrdiff_t>(begin),
                    all.begin() + static_cast<std::ptrdiff_t>(end));
  page.next = end < all.size() ? std::to_string(end) : "";
  return client::Answer{std::move(page)};
}

const FakeItem* FakeHome::find(const ItemId& id) const {
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&id](const FakeItem& entry) { return entry.item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

FakeItem fake_file(std::uint8_t seed, home::ItemKind kind, std::string title, std::size_t size) {
  FakeItem entry;
  entry.item.id.bytes.fill(seed);
  entry.item.version.bytes.fill(static_cast<std::uint8_t>(seed + 100));
  entry.item.kind = kind;
  entry.item.title = std::move(title);
  entry.item.size = size;
  entry.item.added_at_ms = 1'700'000'000'000;
  entry.content.resize(size);
  for (std::size_t at = 0; at < size; ++at) {
    entry.content[at] = content(seed, at);
  }
  return entry;
}

}  // namespace hearth::test
