#include "actors/directory/forward_machine.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/envelope/codec.hpp"

namespace hearth::directory {

Effects<std::monostate> ForwardMachine::start(Instant /*now*/) {
  Effects<Command> effects;
  effects.link.emplace_back(Dial{holder_});
  return effects;
}

Effects<std::monostate> ForwardMachine::step(const Delivered& input, Instant /*now*/) {
  Effects<Command> effects;
  if (!input.reply_to) {
    return effects;
  }
  const auto bytes = input.envelope.bytes();
  if (bytes.size() > limits::forwarded_bytes_max) {
    effects.replies.push_back(
        {*input.reply_to, Error{ErrorCode::frame_oversized, "command is too long to pass on"}});
    return effects;
  }
  Header header;
  header.from = {self_, name};
  header.to = {holder_, name};
  const auto token = HEARTH_MUTANT("answers-cross-askers") ? 1 : ++token_last_;
  askers_[token] = *input.reply_to;
  effects.asks.push_back(
      {token, holder_, Millis{5000}, link::TrafficClass::command,
       pack(header, Forwarded{input.from, input.role, Bytes(bytes.begin(), bytes.end())})});
  return effects;
}

Effects<std::monostate> ForwardMachine::step(const Answered& input, Instant /*now*/) {
  Effects<Command> effects;
  if (const auto asker = askers_.extract(input.token)) {
    effects.replies.push_back({asker.mapped(), input.answer});
  }
  return effects;
}

}  // namespace hearth::directory
