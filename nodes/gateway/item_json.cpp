#include "nodes/gateway/item_json.hpp"

#include "nodes/http/uri.hpp"
#include "nodes/support/json_text.hpp"

#include <ctime>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string_view>

namespace hearth::gateway {

namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(home::ItemKind kind) {
  switch (kind) {
    case home::ItemKind::audio: return "audio";
    case home::ItemKind::video: return "video";
    case home::ItemKind::image: return "image";
    case home::ItemKind::container: break;
  }
  return "container";
}

std::string_view name_of(home::ScanState state) {
  return state == home::ScanState::scanning ? "scanning" : "idle";
}

Json progress_json(const home::ScanProgress& progress) {
  return {{"state", name_of(progress.state)}, {"done", progress.done}, {"total", progress.total}};
}

void add_text(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) {
    json[name] = text;
  }
}

void add_number(Json& json, const char* name, std::uint64_t number) {
  if (number != 0) {
    json[name] = number;
  }
}

std::string url(const MediaUrls& urls, const MediaName& name, std::string_view extension) {
  const bool art = name.part == home::StreamPart::art;
  return fmt::format("http://{}/{}/{}/{}/{}{}{}", urls.host, art ? "art" : "media",
                     urls.capabilities.make(name, urls.now), to_text(name.home), to_text(name.item),
                     extension.empty() ? "" : ".", http::percent_encoded(extension));
}

}  // namespace

std::string MediaUrls::media_url(const home::Item& item) const {
  return url(*this, {home, item.id, home::StreamPart::media}, item.extension);
}

std::string MediaUrls::art_url(const home::Item& item) const {
  return url(*this, {home, item.id, home::StreamPart::art}, item.art_extension);
}

Json homes_json(const client::HomesView& view) {
  Json own = Json::array();
  Json shared = Json::array();
  for (const auto& home : view.homes) {
    Json shown{{"id", to_text(home.home)},
               {"name", home.name},
               {"online", home.online},
               {"scan", progress_json(home.scan)}};
    if (home.owner.is_zero()) {
      own.push_back(std::move(shown));
    } else {
      shown["owner"] = {{"account", to_text(home.owner)}, {"name", home.owner_name}};
      shared.push_back(std::move(shown));
    }
  }
  own.insert(own.end(), shared.begin(), shared.end());  // own ones first
  return {{"homes", std::move(own)}};
}

Json item_json(const home::Item& item, const MediaUrls& urls) {
  const bool container = item.kind == home::ItemKind::container;
  Json json{{"id", to_text(item.id)}};
  if (!item.parent.is_zero()) {
    json["parent"] = to_text(item.parent);
  }
  json["kind"] = name_of(item.kind);
  json["title"] = item.title;
  add_text(json, "artist", item.artist);
  add_text(json, "album", item.album);
  add_number(json, "track", item.track);
  add_number(json, "durationMs", item.duration_ms);
  add_number(json, "width", item.width);
  add_number(json, "height", item.height);
  if (item.taken_at_s) {
    json["takenAt"] = time_text(*item.taken_at_s * 1000);
  }
  if (!container) {
    json["size"] = item.size;
  }
  add_text(json, "mime", item.mime);
  if (item.added_at_ms != 0) {
    json["addedAt"] = time_text(item.added_at_ms);
  }
  if (!container) {
    json["mediaUrl"] = urls.media_url(item);
  }
  if (!item.art_extension.empty()) {
    json["artUrl"] = urls.art_url(item);
  }
  return json;
}

Json page_json(const home::ItemsPage& page, const MediaUrls& urls) {
  Json items = Json::array();
  for (const auto& item : page.items) {
    items.push_back(item_json(item, urls));
  }
  Json json{{"items", std::move(items)}};
  add_text(json, "next", page.next);
  return json;
}

Json scan_json(const home::ScanShown& shown) {
  auto json = progress_json(shown.progress);
  json["run"] = shown.run;
  json["finished"] = shown.finished;
  json["added"] = shown.added;
  json["changed"] = shown.changed;
  json["removed"] = shown.removed;
  json["problems"] = Json::array();
  for (const auto& problem : shown.problems) {
    json["problems"].push_back({{"path", path_text(problem.path)}, {"reason", problem.reason}});
  }
  json["problemsLeftOut"] = shown.problems_left_out;
  return json;
}

std::string time_text(std::int64_t unix_ms) {
  const auto ms = ((unix_ms % 1000) + 1000) % 1000;
  const std::time_t seconds = (unix_ms - ms) / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  const auto fraction = ms == 0 ? std::string{} : fmt::format(".{:03}", ms);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, fraction);
}

}  // namespace hearth::gateway
