#pragma once
// What the API shows, as JSON. Fields that do not apply are absent.

#include "actors/client/client_ports.hpp"
#include "messages/home/home_messages.hpp"
#include "nodes/gateway/capability.hpp"

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hearth::gateway {

/// Makes the absolute URLs of a home's items, for one answer.
struct MediaUrls {
  const Capabilities& capabilities;
  std::string host;  ///< "HOST:PORT" as the client asked for it.
  NodeId home;
  WallTime now;

  [[nodiscard]] std::string media_url(const home::Item& item) const;
  [[nodiscard]] std::string art_url(const home::Item& item) const;
};

[[nodiscard]] nlohmann::ordered_json homes_json(const client::HomesView& view);
[[nodiscard]] nlohmann::ordered_json item_json(const home::Item& item, const MediaUrls& urls);
[[nodiscard]] nlohmann::ordered_json page_json(const home::ItemsPage& page, const MediaUrls& urls);
[[nodiscard]] nlohmann::ordered_json scan_json(const home::ScanShown& shown);

/// RFC 3339, UTC; milliseconds only where there are any.
[[nodiscard]] std::string time_text(std::int64_t unix_ms);

}  // namespace hearth::gateway
