#include "actors/directory/forwarder.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/envelope/codec.hpp"

namespace hearth::directory {

Result<Ask> Forwarder::pass_on(const Delivered& request, std::string source, const NodeId& leader) {
  const auto bytes = request.envelope.bytes();
  if (bytes.size() > limits::forwarded_bytes_max) {
    return Error{ErrorCode::frame_oversized, "command is too long to pass on"};
  }
  Header header;
  header.from = {self_, "accounts"};
  header.to = {leader, "accounts"};
  const auto token = HEARTH_MUTANT("answers-cross-askers") ? 1 : ++token_last_;
  askers_[token] = *request.reply_to;
  return Ask{token, leader, Millis{5000}, link::TrafficClass::command,
             pack(header, Forwarded{request.from, request.role, Bytes(bytes.begin(), bytes.end()),
                                    std::move(source)})};
}

std::optional<Reply> Forwarder::answered(const Answered& input) {
  if (const auto asker = askers_.extract(input.token)) {
    return Reply{asker.mapped(), input.answer};
  }
  return std::nullopt;
}

}  // namespace hearth::directory
