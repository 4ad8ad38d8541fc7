#pragma once
// Where an operator's commands find a directory of their user: the unix socket `operator.sock` in
// its data folder, mode 0600, and a line in the user's runtime folder that says where that is.

#include "actors/replication/operator_desk.hpp"
#include "messages/base/result.hpp"
#include "nodes/support/order_socket.hpp"
#include "nodes/support/unique_fd.hpp"

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace hearth::cli {

/// One order after the other, on a thread of its own.
class OperatorSocket final {
 public:
  static constexpr const char* name = "operator.sock";

  /// `post` hands a request to the directory's actors and returns at once; it outlives the socket.
  /// Errors: `not_readable`, `disk_failed`; the detail names the path.
  [[nodiscard]] static Result<std::unique_ptr<OperatorSocket>> serve(
      const std::filesystem::path& data, std::function<void(replication::OperatorRequest)> post);
  OperatorSocket(const OperatorSocket&) = delete;
  OperatorSocket& operator=(const OperatorSocket&) = delete;
  ~OperatorSocket();

  /// From the actors. Any thread; never blocks. An answer that comes too late is dropped.
  void answer(replication::OperatorReply reply);

 private:
  OperatorSocket(OrderSocket orders, UniqueFd stop,
                 std::function<void(replication::OperatorRequest)> post);
  void run();
  [[nodiscard]] std::string obey(std::string_view order);
  [[nodiscard]] replication::OperatorAnswer ask(replication::OperatorOrder order);

  OrderSocket orders_;
  UniqueFd stop_;
  std::function<void(replication::OperatorRequest)> post_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::uint64_t id_ = 0;  ///< Of the request that waits, or waited last.
  std::optional<replication::OperatorAnswer> answer_;
  std::thread thread_;
};

}  // namespace hearth::cli
