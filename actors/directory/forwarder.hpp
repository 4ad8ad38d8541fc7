#pragma once
// Requests that only the leader may answer, on their way there and back. Used by the directory
// machine alone.

#include "actors/runtime/step.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace hearth::directory {

class Forwarder {
 public:
  explicit Forwarder(NodeId self) : self_(self) {}

  /// Asks `leader` in the name of who sent `request`, which wants an answer, from `source`.
  /// Error: `frame_oversized`.
  [[nodiscard]] Result<Ask> pass_on(const Delivered& request, std::string source,
                                    const NodeId& leader);

  /// The answer to who asked, unless the token is of another's ask.
  [[nodiscard]] std::optional<Reply> answered(const Answered& input);

 private:
  NodeId self_;
  std::map<std::uint64_t, ReplyTo> askers_;
  std::uint64_t token_last_ = 0;
};

}  // namespace hearth::directory
