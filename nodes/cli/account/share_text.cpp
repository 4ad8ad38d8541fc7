#include "nodes/cli/account/share_text.hpp"

#include "messages/seal/key_words.hpp"
#include "nodes/cli/account/device_text.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/time_text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace hearth::cli::account {

namespace {

constexpr std::chrono::minutes longest = std::chrono::hours(24 * 3660);

std::vector<directory::Device> homes_of(const std::vector<directory::Device>& devices) {
  std::vector<directory::Device> homes;
  std::copy_if(devices.begin(), devices.end(), std::back_inserter(homes),
               [](const auto& device) { return device.kind == directory::DeviceKind::home; });
  return homes;
}

Error no_home(const std::string& text) {
  return {ErrorCode::home_unknown,
          fmt::format("no home \"{}\": `hearth device ls` has names and ids", printable(text))};
}

bool is_over(const directory::ShareGranted& share, std::int64_t now_ms) {
  return share.expires_ms != 0 && share.expires_ms <= now_ms;
}

std::string end_text(const directory::ShareGranted& share, std::int64_t now_ms) {
  return share.expires_ms == 0 ? "for good"
                               : fmt::format("{} {}", is_over(share, now_ms) ? "ended" : "until",
                                             time_text(WallTime(Millis(share.expires_ms))));
}

std::string folder_text(const GivenShare& given) {
  if (given.share.granted.folder.is_zero()) {
    return "all";
  }
  return given.folder.empty() ? "(a folder that is not there now)" : printable(given.folder);
}

std::string expiry_json(const directory::ShareGranted& share) {
  return json_text_or_null(share.expires_ms == 0 ? std::string()
                                                 : time_text(WallTime(Millis(share.expires_ms))));
}

std::string received_json(const client::HomeView& home, const directory::Share& share,
                          std::int64_t now_ms) {
  return json_object({{"number", std::to_string(share.number)},
                      {"from", json_text_or_null(home.owner_name)},
                      {"account", json_text(to_text(home.owner))},
                      {"words", json_text(seal::account_words(home.owner))},
                      {"home", json_text(to_text(home.home))},
                      {"homeName", json_text_or_null(home.name)},
                      {"whole", json_bool(share.granted.folder.is_zero())},
                      {"expires", expiry_json(share.granted)},
                      {"ended", json_bool(is_over(share.granted, now_ms))}});
}

}  // namespace

Result<SharePlace> find_place(const std::vector<directory::Device>& devices,
                              const std::string& text) {
  const auto homes = homes_of(devices);
  if (auto whole = find_device(homes, text)) {
    return SharePlace{std::move(whole.value()), {}};
  }
  const auto colon = text.find(':');
  if (colon == std::string::npos) {
    return no_home(text);
  }
  auto home = find_device(homes, text.substr(0, colon));
  if (!home) {
    return home.error().code == ErrorCode::device_unknown ? no_home(text.substr(0, colon))
                                                          : home.error();
  }
  auto folder = text.substr(colon + 1);
  if (folder.find_first_not_of('/') == std::string::npos) {
    return Error{ErrorCode::value_invalid, "name a folder behind the colon, or leave both out"};
  }
  return SharePlace{std::move(home.value()), std::move(folder)};
}

Result<std::chrono::minutes> read_duration(const std::string& text) {
  const Error invalid{
      ErrorCode::value_invalid,
      fmt::format("\"{}\" is no time: like 90m, 12h, 30d or 8w, up to ten years", printable(text))};
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || end - read.ptr != 1 || number < 1 || number > longest.count()) {
    return invalid;
  }
  const auto minutes = [&]() -> std::int64_t {
    switch (*read.ptr) {
      case 'm': return number;
      case 'h': return number * 60;
      case 'd': return number * 60 * 24;
      case 'w': return number * 60 * 24 * 7;
      default: return 0;
    }
  }();
  return minutes == 0 || minutes > longest.count() ? Result<std::chrono::minutes>(invalid)
                                                   : std::chrono::minutes(minutes);
}

std::string to_table(const std::vector<GivenShare>& given,
                     const std::vector<client::HomeView>& homes, std::int64_t now_ms) {
  std::string text;
  for (const auto& each : given) {
    const auto& granted = each.share.granted;
    text += fmt::format("{:>5}  to    {}  {}:{}  {}  ({})\n", each.share.number,
                        each.grantee.empty() ? "?" : printable(each.grantee), printable(each.home),
                        folder_text(each), end_text(granted, now_ms),
                        seal::account_words(granted.grantee));
  }
  for (const auto& home : homes) {
    for (const auto& share : home.shares) {
      text +=
          fmt::format("{:>5}  from  {}  {}:{}  {}  ({})\n", share.number,
                      home.owner_name.empty() ? "?" : printable(home.owner_name),
                      home.name.empty() ? to_text(home.home).substr(0, 16) : printable(home.name),
                      share.granted.folder.is_zero() ? "all" : "a folder",
                      end_text(share.granted, now_ms), seal::account_words(home.owner));
    }
  }
  return text;
}

std::string to_json(const GivenShare& given, std::int64_t now_ms) {
  const auto& granted = given.share.granted;
  return json_object({{"number", std::to_string(given.share.number)},
                      {"to", json_text_or_null(given.grantee)},
                      {"account", json_text(to_text(granted.grantee))},
                      {"words", json_text(seal::account_words(granted.grantee))},
                      {"home", json_text(to_text(granted.home))},
                      {"homeName", json_text(given.home)},
                      {"whole", json_bool(granted.folder.is_zero())},
                      {"folder", json_text_or_null(given.folder)},
                      {"expires", expiry_json(granted)},
                      {"ended", json_bool(is_over(granted, now_ms))}});
}

std::string to_json(const std::vector<GivenShare>& given,
                    const std::vector<client::HomeView>& homes, std::int64_t now_ms) {
  std::vector<std::string> out;
  for (const auto& each : given) {
    out.push_back(to_json(each, now_ms));
  }
  std::vector<std::string> in;
  for (const auto& home : homes) {
    for (const auto& share : home.shares) {
      in.push_back(received_json(home, share, now_ms));
    }
  }
  return json_object({{"given", json_array(out)}, {"received", json_array(in)}});
}

}  // namespace hearth::cli::account
