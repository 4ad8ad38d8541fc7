#pragma once
// A client actor, a super-peer and a home in one, for tests of the gateway: answers questions from
// a list of items, and serves streams over real sockets with the home's own sender. Faults on
// request.

#include "actors/client/client_ports.hpp"
#include "nodes/support/unique_fd.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace hearth::test {

struct FakeItem {
  home::Item item;
  Bytes content;
  Bytes art;
  std::string art_mime;
  bool gone = false;
};

/// What happens to one data connection.
struct StreamFault {
  std::uint64_t cut_after = std::numeric_limits<std::uint64_t>::max();  ///< Media bytes.
  std::uint64_t silent_after = std::numeric_limits<std::uint64_t>::max();
  ErrorCode status = ErrorCode::none;  ///< The super-peer refuses.
  ErrorCode header = ErrorCode::none;  ///< The home refuses.
};

class FakeHome {
 public:
  FakeHome();
  FakeHome(const FakeHome&) = delete;
  FakeHome& operator=(const FakeHome&) = delete;
  ~FakeHome();

  /// Before the first question.
  std::vector<FakeItem> items;
  std::function<void(client::UiAnswer)> answer;
  /// Of the n-th stream, counted from 1. Called on threads of its own.
  std::function<StreamFault(std::uint64_t number)> fault = [](std::uint64_t) {
    return StreamFault{};
  };
  home::ScanShown scan;
  std::vector<client::HomeView> others;               ///< Shown beside it.
  std::optional<home::ScanShown> scan_after_restart;  ///< It comes after the next answer.
  std::function<void()> on_rescan = [] {};
  std::atomic<bool> online{true};

  void ask(client::UiQuestion question);

  [[nodiscard]] static NodeId id();
  [[nodiscard]] std::uint64_t streams_begun() const { return streams_begun_; }
  [[nodiscard]] std::uint64_t streams_open() const { return streams_open_; }
  [[nodiscard]] std::uint64_t media_sent() const { return media_sent_; }

 private:
  class Serving;

  Result<client::Answer> answer_to(const client::Question& question);
  Result<client::Answer> answer_home(const client::AskHome& question);
  Result<client::Answer> page_of(const std::vector<home::Item>& all, const std::string& cursor,
                                 std::uint32_t limit) const;
  [[nodiscard]] const FakeItem* find(const ItemId& id) const;
  void accept_all();
  void serve(UniqueFd socket);

  UniqueFd listener_;
  UniqueFd stop_read_;
  UniqueFd stop_write_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> last_number_{0};
  std::atomic<std::uint64_t> streams_begun_{0};
  std::atomic<std::uint64_t> streams_open_{0};
  std::atomic<std::uint64_t> media_sent_{0};
  std::mutex mutex_;
  std::vector<std::thread> servers_;
  std::thread acceptor_;
};

/// An item whose bytes are told by `seed`.
[[nodiscard]] FakeItem fake_file(std::uint8_t seed, home::ItemKind kind, std::string title,
                                 std::size_t size);

}  // namespace hearth::test
