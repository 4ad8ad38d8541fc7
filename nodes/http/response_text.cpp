#include "nodes/http/response_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace hearth::http {

namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

std::string clean(std::string value) {
  value.erase(std::remove_if(value.begin(), value.end(), is_control), value.end());
  return value;
}

}  // namespace

std::string head_text(const Response& response, const Framing& framing) {
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  for (const auto& field : response.fields.all()) {
    fmt::format_to(out, "{}: {}\r\n", field.name, clean(field.value));
  }
  fmt::format_to(out, "x-content-type-options: nosniff\r\ndate: {}\r\n", http_date(framing.now));
  if (response.status != 204 && response.status != 304) {
    fmt::format_to(out, "content-length: {}\r\n", framing.content_length);
  }
  fmt::format_to(out, "connection: {}\r\n\r\n", framing.keep_alive ? "keep-alive" : "close");
  return text;
}

std::string http_date(std::time_t at) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&at, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                     months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace hearth::http
