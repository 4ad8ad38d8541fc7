#pragma once
// Appends on their way to one follower: how many, how many bytes, up to which index.

#include "messages/replication/raft_types.hpp"

#include <cstddef>
#include <deque>

namespace hearth::replication {

class InflightWindow {
 public:
  void push(Index last, std::size_t bytes) {
    sent_.push_back({last, bytes});
    bytes_ += bytes;
  }
  /// The follower has everything up to `index`.
  void free_up_to(Index index) {
    while (!sent_.empty() && sent_.front().last <= index) {
      bytes_ -= sent_.front().bytes;
      sent_.pop_front();
    }
  }
  void clear() {
    sent_.clear();
    bytes_ = 0;
  }
  [[nodiscard]] std::size_t appends() const { return sent_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Sent {
    Index last = 0;
    std::size_t bytes = 0;
  };
  std::deque<Sent> sent_;
  std::size_t bytes_ = 0;
};

}  // namespace hearth::replication
