// P9: what a super-peer has metered is what its kernel took for the receivers, once, but for one
// interval a crash.

#include "messages/envelope/codec.hpp"
#include "sim/promises/checkers.hpp"

#include <deque>
#include <fmt/format.h>

namespace hearth::sim {

namespace {

/// The interval of 5 s, a second for the log, and one for what is sampled every second.
constexpr std::size_t interval_s = 7;

class Metering final : public Checker {
 public:
  explicit Metering(Scene& scene) : Checker(scene) {
    for (const auto& node : scene.world().nodes()) {
      if (node->spec().role == drill::Role::super_peer) {
        books_.push_back({node.get(), {}, {}, 0});
      }
    }
  }
  [[nodiscard]] std::string_view promise() const override { return "P9"; }

  void second_passed() override {
    for (auto& book : books_) {
      if (book.lives != book.node->lives() || !book.node->up()) {
        // It crashed since the last look: what was moved in the interval before may be lost.
        book.lives = book.node->lives();
        for (const auto& [parties, moved] : book.node->moved()) {
          const auto before = at_begin(book, parties);
          book.lost[parties].to_client += moved.to_client - before.to_client;
          book.lost[parties].to_home += moved.to_home - before.to_home;
        }
        book.samples.assign(interval_s, book.node->moved());
      }
      book.samples.push_back(book.node->moved());
      if (book.samples.size() > interval_s) {
        book.samples.pop_front();
      }
    }
  }

  void finished() override {
    for (auto& book : books_) {
      if (const auto* log = book.node->log()) {
        compare(book, *log);
      }
    }
  }

 private:
  struct Book {
    SimNode* node = nullptr;
    std::deque<MovedBytes> samples;  ///< One a second, the oldest first.
    MovedBytes lost;                 ///< At most, in crashes.
    std::uint64_t lives = 0;
  };

  static Moved of(const MovedBytes& all, const Parties& parties) {
    const auto found = all.find(parties);
    return found == all.end() ? Moved{} : found->second;
  }
  static Moved at_begin(const Book& book, const Parties& parties) {
    return book.samples.empty() ? Moved{} : of(book.samples.front(), parties);
  }

  void compare(const Book& book, const storage::EventLog& log) {
    MovedBytes metered;
    static_cast<void>(
        log.rows(relay::RelayMachine::stream, "c", [&](std::string_view, BytesView value) {
          const auto event = decode<relay::RelayEvent>(value);
          if (!event) {
            return Result<void>(event.error());
          }
          if (const auto* bill = std::get_if<relay::BytesMetered>(&event.value())) {
            metered[{scene_.world().find(bill->client)->host(),
                     scene_.world().find(bill->home)->host()}] = {bill->to_client, bill->to_home};
          }
          return Result<void>{};
        }));
    for (const auto& [parties, bill] : metered) {
      const auto moved = of(book.node->moved(), parties);
      judge(book, "to the client", bill.to_client, 0, moved.to_client);
      judge(book, "to the home", bill.to_home, 0, moved.to_home);
    }
    for (const auto& [parties, moved] : book.node->moved()) {
      const auto bill = of(metered, parties);
      const auto due = at_begin(book, parties);
      const auto lost = of(book.lost, parties);
      judge(book, "to the client", bill.to_client + lost.to_client, due.to_client, UINT64_MAX);
      judge(book, "to the home", bill.to_home + lost.to_home, due.to_home, UINT64_MAX);
    }
  }

  void judge(const Book& book, std::string_view direction, std::uint64_t metered,
             std::uint64_t least, std::uint64_t most) {
    if (metered < least) {
      violate(book.node->name(),
              fmt::format("metered {} bytes {} of at least {}", metered, direction, least));
    } else if (metered > most) {
      violate(book.node->name(),
              fmt::format("metered {} bytes {}, and moved {}", metered, direction, most));
    }
  }

  std::vector<Book> books_;
};

}  // namespace

std::unique_ptr<Checker> metering_checker(Scene& scene) {
  return std::make_unique<Metering>(scene);
}

}  // namespace hearth::sim
