#pragma once
// Orders to a running process: a unix socket of mode 0600 in a folder of mode 0700, at which one
// packet is an order and the next one its answer. Who may connect is the file system's business;
// what an order says is not trusted all the same.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "nodes/support/unique_fd.hpp"

#include <filesystem>
#include <functional>
#include <poll.h>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

inline constexpr std::size_t order_bytes_max = std::size_t{64} << 10U;

/// The end that obeys. One thread, which polls; never blocks.
class OrderSocket final {
 public:
  /// Takes the place of a socket of that name, which a process that was killed left behind.
  /// Precondition: `name` has no slash. Errors: `not_readable`, `disk_failed`: the detail names
  /// the path.
  [[nodiscard]] static Result<OrderSocket> listen(const std::filesystem::path& folder,
                                                  const std::string& name);
  OrderSocket(OrderSocket&&) noexcept = default;
  OrderSocket& operator=(OrderSocket&&) noexcept = default;
  ~OrderSocket();  ///< Removes the socket.

  /// What has to be polled for reading.
  void add_to(std::vector<pollfd>& fds) const;
  /// Takes the orders that are there. `obey` gives the answer, of at most `order_bytes_max`.
  void serve(const std::function<std::string(std::string_view order)>& obey);

 private:
  OrderSocket(UniqueFd folder, std::string name, UniqueFd listener);

  UniqueFd folder_;
  std::string name_;
  UniqueFd listener_;
  std::vector<UniqueFd> peers_;
};

/// What those who obey JSON orders answer: `{"ok":true}`, or `{"error":"..."}`.
[[nodiscard]] std::string order_answer(const Result<void>& done);

/// The answer to `order` of whoever listens at `socket`. Blocks for at most `patience`.
/// Errors: `not_found` (there is no socket), `unreachable` (nobody listens, or it ended),
/// `timed_out`, `not_readable`.
[[nodiscard]] Result<std::string> give_order(const std::filesystem::path& socket,
                                             std::string_view order, Millis patience);

}  // namespace hearth
