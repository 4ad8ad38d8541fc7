#include "nodes/http/byte_range.hpp"

#include "nodes/http/text.hpp"

#include <fmt/format.h>
#include <limits>
#include <optional>

namespace hearth::http {

namespace {

constexpr auto number_max = std::numeric_limits<std::uint64_t>::max();

/// A number of any length: past 64 bits it is larger than every file, and stays comparable.
struct Number {
  std::string_view digits;  ///< Without leading zeros.
  std::uint64_t value = 0;  ///< `number_max` where it does not fit.

  [[nodiscard]] bool less_than(const Number& other) const {
    return digits.size() != other.digits.size() ? digits.size() < other.digits.size()
                                                : digits < other.digits;
  }
};

Number number_of(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  Number number{digits, 0};
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number.value > (number_max - digit) / 10) {
      number.value = number_max;
      break;
    }
    number.value = number.value * 10 + digit;
  }
  return number;
}

RangeChoice suffix_range(std::uint64_t wanted, std::uint64_t size) {
  if (wanted == 0) {
    return RangeUnsatisfiable{};
  }
  if (size == 0) {
    return WholeFile{};  // satisfiable by 14.1.2, but Content-Range cannot tell of no bytes
  }
  const auto length = std::min(wanted, size);
  return ByteRange{size - length, length};
}

RangeChoice range_from(const Number& first, const std::optional<Number>& last, std::uint64_t size) {
  if (last && last->less_than(first)) {
    return WholeFile{};
  }
  if (first.value >= size) {
    return RangeUnsatisfiable{};
  }
  const auto end = last ? std::min(last->value, size - 1) : size - 1;
  return ByteRange{first.value, end - first.value + 1};
}

RangeChoice one_range(std::string_view spec, std::uint64_t size) {
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos) {
    return WholeFile{};
  }
  const auto first = spec.substr(0, dash);
  const auto last = spec.substr(dash + 1);
  if (first.empty()) {
    return all_digits(last) ? suffix_range(number_of(last).value, size) : WholeFile{};
  }
  if (!all_digits(first) || !(last.empty() || all_digits(last))) {
    return WholeFile{};
  }
  return range_from(number_of(first), last.empty() ? std::nullopt : std::optional{number_of(last)},
                    size);
}

}  // namespace

RangeChoice choose_range(std::string_view range, std::uint64_t size) {
  const auto equals = range.find('=');
  if (equals == std::string_view::npos || lower_case(range.substr(0, equals)) != "bytes") {
    return WholeFile{};
  }
  const auto set = range.substr(equals + 1);
  if (set.empty() || trimmed(set).data() != set.data()) {
    return WholeFile{};  // the grammar has no space before the first element
  }
  const auto specs = list_elements(set);
  return specs.size() == 1 ? one_range(specs.front(), size) : WholeFile{};
}

bool if_range_holds(std::string_view if_range, std::string_view etag) {
  // A date never holds: the files have no Last-Modified that it could be compared with. A weak
  // tag begins with W/ and equals no strong one.
  return if_range == etag;
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, size);
}

std::string unsatisfied_range(std::uint64_t size) {
  return fmt::format("bytes */{}", size);
}

}  // namespace hearth::http
