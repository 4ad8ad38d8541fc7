#include "messages/base/check.hpp"
#include "messages/replication/replication_messages.hpp"

#include <utility>

namespace hearth::replication {

std::vector<ReplicationFrame> frames_of(std::vector<GroupMessage> messages) {
  std::vector<ReplicationFrame> frames;
  std::size_t bytes = 0;
  for (auto& message : messages) {
    const auto size = encoded_bytes_max(message);
    HEARTH_CHECK(size <= limits::list_bytes_max);
    bytes += size;
    if (frames.empty() || bytes > limits::list_bytes_max ||
        frames.back().messages.size() == limits::replication_messages_max) {
      frames.emplace_back();
      bytes = size;
    }
    frames.back().messages.push_back(std::move(message));
  }
  return frames;
}

}  // namespace hearth::replication
