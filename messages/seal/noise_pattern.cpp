#include "messages/seal/noise_pattern.hpp"

#include <algorithm>
#include <initializer_list>

namespace hearth::seal {

namespace {

using enum NoiseToken;
using Tokens = std::initializer_list<NoiseToken>;

struct NamedPattern {
  std::string_view name;
  NoisePattern pattern;
};

constexpr NoisePattern make(bool knows_initiator, bool knows_responder,
                            std::initializer_list<Tokens> messages) {
  NoisePattern pattern{knows_initiator, knows_responder, {}, 0, 0};
  for (const auto& tokens : messages) {
    auto& message = pattern.messages[pattern.message_count++];
    for (const auto token : tokens) {
      message.append(token);
    }
  }
  return pattern;
}

constexpr std::array<NamedPattern, 15> patterns{{
    {"N", make(false, true, {{e, es}})},
    {"K", make(true, true, {{e, es, ss}})},
    {"X", make(false, true, {{e, es, s, ss}})},
    {"NN", make(false, false, {{e}, {e, ee}})},
    {"NK", make(false, true, {{e, es}, {e, ee}})},
    {"NX", make(false, false, {{e}, {e, ee, s, es}})},
    {"XN", make(false, false, {{e}, {e, ee}, {s, se}})},
    {"XK", make(false, true, {{e, es}, {e, ee}, {s, se}})},
    {"XX", make(false, false, {{e}, {e, ee, s, es}, {s, se}})},
    {"KN", make(true, false, {{e}, {e, ee, se}})},
    {"KK", make(true, true, {{e, es, ss}, {e, ee, se}})},
    {"KX", make(true, false, {{e}, {e, ee, se, s, es}})},
    {"IN", make(false, false, {{e, s}, {e, ee, se}})},
    {"IK", make(false, true, {{e, es, s, ss}, {e, ee, se}})},
    {"IX", make(false, false, {{e, s}, {e, ee, se, s, es}})},
}};

constexpr std::string_view modifier = "psk";

/// psk0 goes before the first message's tokens, psk1 behind them, psk2 behind the second's ...
bool add_psk(NoisePattern& pattern, std::size_t place) {
  if (place > pattern.message_count) {
    return false;
  }
  if (place == 0) {
    pattern.messages[0].prepend(psk);
  } else {
    pattern.messages[place - 1].append(psk);
  }
  ++pattern.psk_count;
  return true;
}

/// `rest` is empty or like "psk2" or "psk0+psk2", rising.
bool add_modifiers(NoisePattern& pattern, std::string_view rest) {
  char previous = '0' - 1;
  while (!rest.empty()) {
    if (rest.size() < modifier.size() + 1 || !rest.starts_with(modifier)) {
      return false;
    }
    const auto place = rest[modifier.size()];
    if (place <= previous || place > '9' ||
        !add_psk(pattern, static_cast<std::size_t>(place - '0'))) {
      return false;
    }
    previous = place;
    rest.remove_prefix(modifier.size() + 1);
    if (!rest.empty() && (rest.front() != '+' || rest.size() == 1)) {
      return false;
    }
    rest.remove_prefix(rest.empty() ? 0 : 1);
  }
  return true;
}

}  // namespace

bool NoisePattern::sends_static(bool initiator) const {
  for (std::size_t i = initiator ? 0 : 1; i < message_count; i += 2) {
    if (std::find(messages[i].begin(), messages[i].end(), s) != messages[i].end()) {
      return true;
    }
  }
  return false;
}

std::optional<NoisePattern> find_noise_pattern(std::string_view name) {
  const auto base = name.substr(0, name.find(modifier));
  const auto* const found =
      std::find_if(patterns.begin(), patterns.end(),
                   [base](const NamedPattern& candidate) { return candidate.name == base; });
  if (found == patterns.end()) {
    return std::nullopt;
  }
  auto pattern = found->pattern;
  if (!add_modifiers(pattern, name.substr(base.size()))) {
    return std::nullopt;
  }
  return pattern;
}

}  // namespace hearth::seal
