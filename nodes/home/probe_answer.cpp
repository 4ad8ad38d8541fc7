#include "nodes/home/probe_answer.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"
#include "nodes/home/media_type.hpp"

#include <array>

namespace hearth::home {

namespace {

// version 1 | readable 1 | kind 1 | has date 1 | track 4 | duration 8 | width 4 | height 4 | date 8
// | title, artist, album, extension of the cover, each: length 2, text. Little-endian.
constexpr std::uint8_t answer_version = 1;

constexpr std::uint64_t duration_ms_max = 1000ULL * 3600 * 24 * 366;
constexpr std::uint32_t pixels_max = 1'000'000;
constexpr std::uint32_t track_max = 100'000;
constexpr std::int64_t year_1800_s = -5'364'662'400;
constexpr std::int64_t year_2200_s = 7'258'118'400;

class Writer {
 public:
  void number(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  }
  void text(std::string_view value) {
    value = value.substr(0, limits::title_bytes_max);
    number(value.size(), 2);
    out_.insert(out_.end(), value.begin(), value.end());
  }
  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

/// Reads zeros past the end, and remembers that it did.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}

  std::uint64_t number(std::size_t bytes) {
    const auto taken = take(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      value |= std::uint64_t{taken[i]} << (8 * i);
    }
    return value;
  }
  std::string text() {
    const auto taken = take(static_cast<std::size_t>(number(2)));
    return clean_text({reinterpret_cast<const char*>(taken.data()), taken.size()},
                      limits::title_bytes_max);
  }
  [[nodiscard]] bool complete() const { return !short_ && rest_.empty(); }

 private:
  BytesView take(std::size_t bytes) {
    if (bytes > rest_.size()) {
      short_ = true;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return taken;
  }

  BytesView rest_;
  bool short_ = false;
};

template <class Number>
Number within(std::uint64_t value, Number max) {
  return value <= max ? static_cast<Number>(value) : Number{0};
}

/// Bytes of the well-formed character at the start of `text`, 0 for none.
std::size_t character_bytes(std::string_view text) {
  for (std::size_t bytes = 1; bytes <= std::min<std::size_t>(4, text.size()); ++bytes) {
    if (is_utf8(text.substr(0, bytes))) {
      return bytes;
    }
  }
  return 0;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) {
    return first < 0x20 || first == 0x7F;
  }
  return character.size() == 2 && first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

/// `text` as UTF-8 without control characters.
std::string printable(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    const auto bytes = character_bytes(text);
    if (bytes == 0) {
      out += replacement;
      text.remove_prefix(1);
      continue;
    }
    const auto character = text.substr(0, bytes);
    out += is_control(character) ? " " : character;
    text.remove_prefix(bytes);
  }
  return out;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t bytes_max) {
  auto clean = printable(text);
  clean = nfc(clean).value_or(std::move(clean));
  if (clean.size() > bytes_max) {
    auto end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    clean.resize(end);
  }
  const auto first = clean.find_first_not_of(' ');
  const auto last = clean.find_last_not_of(' ');
  return first == std::string::npos ? std::string{} : clean.substr(first, last - first + 1);
}

Bytes encode_probe_answer(const ProbeAnswer& answer) {
  Writer out;
  out.number(answer_version, 1);
  out.number(answer.readable ? 1 : 0, 1);
  out.number(static_cast<std::uint8_t>(answer.kind), 1);
  out.number(answer.taken_at_s ? 1 : 0, 1);
  out.number(answer.track, 4);
  out.number(answer.duration_ms, 8);
  out.number(answer.width, 4);
  out.number(answer.height, 4);
  out.number(static_cast<std::uint64_t>(answer.taken_at_s.value_or(0)), 8);
  out.text(answer.title);
  out.text(answer.artist);
  out.text(answer.album);
  out.text(answer.art_extension);
  return out.take();
}

Result<ProbeAnswer> decode_probe_answer(BytesView bytes) {
  Reader in(bytes);
  const auto version = in.number(1);
  ProbeAnswer answer;
  answer.readable = in.number(1) == 1;
  const auto kind = in.number(1);
  const bool has_date = in.number(1) == 1;
  answer.track = within(in.number(4), track_max);
  answer.duration_ms = within(in.number(8), duration_ms_max);
  answer.width = within(in.number(4), pixels_max);
  answer.height = within(in.number(4), pixels_max);
  const auto date = static_cast<std::int64_t>(in.number(8));
  if (has_date && date >= year_1800_s && date < year_2200_s) {
    answer.taken_at_s = date;
  }
  answer.title = in.text();
  answer.artist = in.text();
  answer.album = in.text();
  answer.art_extension = in.text();
  const bool known_kind = kind >= static_cast<std::uint8_t>(ItemKind::audio) &&
                          kind <= static_cast<std::uint8_t>(ItemKind::image);
  const bool known_art = answer.art_extension.empty() || is_picture_extension(answer.art_extension);
  if (!in.complete() || version != answer_version || !known_kind || !known_art) {
    return Error{ErrorCode::message_malformed, "not an answer of a probe worker"};
  }
  answer.kind = static_cast<ItemKind>(kind);
  return answer.readable ? answer : ProbeAnswer{};
}

}  // namespace hearth::home
