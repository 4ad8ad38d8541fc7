#pragma once
// Durations, numbers and kinds of messages as drill files and reports write them.

#include "messages/base/types.hpp"
#include "messages/envelope/message_kind.hpp"
#include "sim/drill/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

/// "400ms", "10s", "2m", "1h", "730d", with a minus before it for the past. Nothing for another
/// form, or more than a hundred years.
[[nodiscard]] std::optional<Millis> duration_from(std::string_view text);

/// The largest unit that says it in a whole number. `duration_from` reads it back.
[[nodiscard]] std::string duration_text(Millis duration);

/// For people: "0.4 s", "12 s", "3 min 20 s", "7 h 13 min".
[[nodiscard]] std::string spoken(Millis duration);

/// The shortest form that reads back as the same number: "0.999", "4".
[[nodiscard]] std::string number_text(double number);

/// A probe's value for people: "99.9 %", "400 ms", "3".
[[nodiscard]] std::string value_text(ProbeUnit unit, double value);

/// All that have a name, in the order of their numbers.
[[nodiscard]] std::vector<MessageKind> message_kinds();

}  // namespace hearth::drill
