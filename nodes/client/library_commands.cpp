#include "nodes/client/library_commands.hpp"

#include "nodes/client/terminal.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <poll.h>
#include <utility>
#include <vector>

namespace hearth::cli {

namespace {

constexpr int scan_poll_ms = 200;
constexpr std::chrono::seconds scan_silence_max{10};

std::string text_of(const Json& json, const char* name) {
  return printable(text_at(json, name));
}

void print_json(const LibraryOptions& options, const Json& json) {
  fmt::print(options.out, "{}\n", json.dump());
}

std::string line_of(const Json& item) {
  auto line = fmt::format("{}  {:<9}  {}", text_of(item, "id"), text_of(item, "kind"),
                          text_of(item, "title"));
  for (const auto* name : {"artist", "album"}) {
    if (const auto text = text_of(item, name); !text.empty()) {
      line += " · " + text;
    }
  }
  return line;
}

void print_items(const LibraryOptions& options, const Json& page) {
  if (options.json) {
    print_json(options, page);
    return;
  }
  for (const auto& item : list_at(page, "items")) {
    fmt::print(options.out, "{}\n", line_of(item));
  }
}

/// Appends the children of `container` to `items`, each followed by its own. A container that went
/// while its parent was listed has none.
Result<void> collect(const ApiClient& api, const std::string& home, const std::string& container,
                     Json& items) {
  std::vector<Json> waiting;  // a stack: deep libraries are no deep calls
  const auto open = [&](const std::string& id) -> Result<void> {
    auto page = all_pages(api, "/homes/" + home + "/items", id.empty() ? "" : "parent=" + id);
    if (!page) {
      return page.error();
    }
    auto& found = page.value()["items"];
    for (auto item = found.rbegin(); item != found.rend(); ++item) {
      waiting.push_back(std::move(*item));
    }
    return {};
  };
  auto opened = open(container);
  while (opened && !waiting.empty()) {
    auto item = std::move(waiting.back());
    waiting.pop_back();
    const bool is_container = text_at(item, "kind") == "container";
    const auto id = text_at(item, "id");
    items.push_back(std::move(item));
    if (is_container) {
      opened = open(id);
      opened = !opened && opened.error().code == ErrorCode::item_gone ? Result<void>{} : opened;
    }
  }
  return opened;
}

Result<Json> items_below(const ApiClient& api, const std::string& home,
                         const std::string& container, bool recursive) {
  if (!recursive) {
    return all_pages(api, "/homes/" + home + "/items",
                     container.empty() ? "" : "parent=" + url_encoded(container));
  }
  Json items = Json::array();
  if (auto collected = collect(api, home, url_encoded(container), items); !collected) {
    return collected.error();
  }
  return Json{{"items", std::move(items)}};
}

Result<Json> wait_for_scan(const ApiClient& api, const std::string& home, std::uint64_t run) {
  ProgressBar bar{"Scanning"};
  auto heard_at = std::chrono::steady_clock::now();
  for (;;) {
    auto scan = api.get("/homes/" + home + "/scan");
    const auto now = std::chrono::steady_clock::now();
    if (scan) {
      heard_at = now;
      // A home that was restarted counts anew, and its first run sees everything.
      run = std::min(run, std::max<std::uint64_t>(1, number_at(scan.value(), "run")));
      if (number_at(scan.value(), "finished") >= run) {
        return scan;
      }
      bar.show(number_at(scan.value(), "done"), number_at(scan.value(), "total"));
    } else if (now - heard_at > scan_silence_max ||
               kind_of(scan.error().code) != ErrorKind::transient) {
      return scan;
    }
    ::poll(nullptr, 0, scan_poll_ms);
  }
}

void print_scan(const LibraryOptions& options, const Json& scan) {
  Json result;
  for (const auto* name : {"added", "changed", "removed"}) {
    result[name] = number_at(scan, name);
  }
  result["problems"] = list_at(scan, "problems");
  if (options.json) {
    print_json(options, result);
    return;
  }
  fmt::print(options.out, "added {}, changed {}, removed {}\n", result["added"].dump(),
             result["changed"].dump(), result["removed"].dump());
  for (const auto& problem : result["problems"]) {
    fmt::print(options.out, "{}: {}\n", text_of(problem, "path"), text_of(problem, "reason"));
  }
  if (const auto more = number_at(scan, "problemsLeftOut"); more != 0) {
    fmt::print(options.out, "and {} more\n", more);
  }
}

}  // namespace

Result<void> list_homes(const ApiClient& api, const LibraryOptions& options) {
  const auto answer = api.get("/homes");
  if (!answer) {
    return answer.error();
  }
  if (options.json) {
    print_json(options, answer.value());
    return {};
  }
  for (const auto& home : list_at(answer.value(), "homes")) {
    const auto scan = home.is_object() && home.contains("scan") ? home["scan"] : Json{};
    const auto owner =
        home.is_object() && home.contains("owner") ? text_of(home["owner"], "name") : "";
    fmt::print(options.out, "{}  {:<7}  {:<8}  {}{}\n", text_of(home, "id"),
               flag_at(home, "online") ? "online" : "offline", text_of(scan, "state"),
               text_of(home, "name"), owner.empty() ? "" : "@" + owner);
  }
  return {};
}

Result<void> list_library(const ApiClient& api, const LibraryOptions& options,
                          const std::string& container, bool recursive) {
  const auto home = choose_home(api, options.home);
  if (!home) {
    return home.error();
  }
  const auto page = items_below(api, home.value(), container, recursive);
  if (!page) {
    return page.error();
  }
  print_items(options, page.value());
  return {};
}

Result<void> search_library(const ApiClient& api, const LibraryOptions& options,
                            const std::string& words) {
  const auto home = choose_home(api, options.home);
  if (!home) {
    return home.error();
  }
  const auto page = all_pages(api, "/homes/" + home.value() + "/search", "q=" + url_encoded(words));
  if (!page) {
    return page.error();
  }
  print_items(options, page.value());
  return {};
}

Result<void> show_item(const ApiClient& api, const LibraryOptions& options,
                       const std::string& item) {
  const auto home = choose_home(api, options.home);
  if (!home) {
    return home.error();
  }
  const auto shown = api.get("/homes/" + home.value() + "/items/" + url_encoded(item));
  if (!shown) {
    return shown.error();
  }
  if (options.json) {
    print_json(options, shown.value());
    return {};
  }
  for (const auto& [name, value] : shown.value().items()) {
    fmt::print(options.out, "{:<10}  {}\n", name,
               value.is_string() ? printable(value.get<std::string>()) : value.dump());
  }
  return {};
}

Result<void> rescan_library(const ApiClient& api, const LibraryOptions& options) {
  const auto home = choose_home(api, options.home);
  if (!home) {
    return home.error();
  }
  const auto started = api.post("/homes/" + home.value() + "/rescan");
  if (!started) {
    return started.error();
  }
  const auto scan = wait_for_scan(api, home.value(), number_at(started.value(), "run"));
  if (!scan) {
    return scan.error();
  }
  print_scan(options, scan.value());
  return {};
}

}  // namespace hearth::cli
