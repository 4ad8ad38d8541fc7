#include "nodes/cli/role_settings.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"
#include "nodes/cli/account/own_device.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/files.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace hearth::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view default_region = "local";

std::string default_data(const std::string& role) {
  const char* xdg = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if (::geteuid() == 0 || (xdg == nullptr && home == nullptr)) {
    return "/var/lib/hearth/" + role;
  }
  const auto base =
      xdg != nullptr && *xdg != '\0' ? fs::path(xdg) : fs::path(home) / ".local/share";
  return (base / "hearth" / role).string();
}

std::string host_name() {
  std::array<char, limits::name_bytes_max> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "home";
}

Error refused(const Settings& settings, const std::string& name, std::string_view why) {
  return {ErrorCode::value_invalid, fmt::format("{}: {}: {}", settings.origin(name), name, why)};
}

Result<seal::Endpoint> endpoint(const Settings& settings, const std::string& name) {
  auto parsed = parse_endpoint(settings.text(name));
  return parsed ? parsed : refused(settings, name, parsed.error().detail);
}

/// Of an HTTP server.
Result<seal::Endpoint> http_endpoint(const Settings& settings, const std::string& name) {
  auto parsed = endpoint(settings, name);
  return parsed && is_wildcard(parsed.value().host) ? refused(settings, name, why_no_wildcard)
                                                    : parsed;
}

Result<std::vector<seal::Endpoint>> endpoints(const Settings& settings, const std::string& name) {
  std::vector<seal::Endpoint> found;
  for (const auto& text : settings.list(name)) {
    auto parsed = parse_endpoint(text);
    if (!parsed) {
      return refused(settings, name, parsed.error().detail);
    }
    found.push_back(parsed.value());
  }
  if (found.empty()) {
    return refused(settings, name, "at least one HOST:PORT is needed");
  }
  return found;
}

Result<NodeOptions> node_options(const Settings& settings) {
  NodeOptions options;
  auto admin = http_endpoint(settings, "node.admin");
  if (!admin) {
    return admin.error();
  }
  options.admin = admin.value();
  options.region = settings.text("node.region");
  if (!options.region.empty() && !is_region(options.region)) {
    return refused(settings, "node.region", "1 to 16 of a-z, 0-9 and '-'");
  }
  auto data = absolute_path(settings.text("node.data"));
  if (!data) {
    return refused(settings, "node.data", data.error().detail);
  }
  options.data = std::move(data.value());
  options.cluster = settings.text("node.cluster");
  options.node_list = settings.text("node.node_list");
  return options;
}

/// People try homes and gateways of their own with the cluster of their `hearth up`.
std::string cluster_file(const std::string& role, const char* file) {
  const bool is_of_people = role == "home" || role == "gateway";
  return is_of_people ? account::place_of({}, file).string() : std::string("/etc/hearth/") + file;
}

Schema common_schema(const std::string& role, const std::string& region,
                     const std::string& admin_port) {
  return {
      {"node", "data", "data", false, {default_data(role)}, "Folder of its keys and its log"},
      {"node",
       "admin",
       "admin",
       false,
       {"127.0.0.1:" + admin_port},
       "HOST:PORT of /healthz, /readyz and /metrics"},
      {"node",
       "cluster",
       "cluster",
       false,
       {cluster_file(role, "cluster.toml")},
       "File with the cluster's name and root keys"},
      {"node",
       "node_list",
       "node-list",
       false,
       {cluster_file(role, "node_list")},
       "Signed list of the cluster's nodes"},
      {"node", "region", "region", false, {region}, "Name of its region"},
      {"log", "level", "log-level", false, {"info"}, "debug, info, warning, error or off"},
      {"log",
       "format",
       "log-format",
       false,
       {"auto"},
       "logfmt, json, or auto: logfmt on a terminal"},
  };
}

/// True for UTF-8 without control characters: what may be shown wherever a name is shown.
bool is_line(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7F || (byte == 0xC2 && next < 0xA0)) {
      return false;
    }
  }
  return is_utf8(text);
}

}  // namespace

const std::vector<std::string>& role_names() {
  static const std::vector<std::string> names{"directory", "super-peer", "home", "gateway"};
  return names;
}

Schema schema_of(const std::string& role) {
  const std::string region{default_region};
  if (role == "directory") {
    auto schema = common_schema(role, region, "24382");
    schema.push_back({"directory",
                      "listen",
                      "listen",
                      true,
                      {"[::]:24374"},
                      "HOST:PORT for other nodes and devices"});
    return schema;
  }
  if (role == "super-peer") {
    auto schema = common_schema(role, region, "24381");
    schema.push_back({"super-peer",
                      "listen",
                      "listen",
                      true,
                      {"[::]:24372"},
                      "HOST:PORT of control connections"});
    schema.push_back({"super-peer",
                      "data_listen",
                      "data-listen",
                      true,
                      {"[::]:24373"},
                      "HOST:PORT of data connections"});
    return schema;
  }
  if (role == "home") {
    auto schema = common_schema(role, "", "24380");
    schema.push_back({"home", "media", "media", true, {}, "Folder of media files"});
    schema.push_back({"home", "name", "name", false, {host_name()}, "What its household calls it"});
    return schema;
  }
  HEARTH_CHECK(role == "gateway");
  auto schema = common_schema(role, "", "24383");
  schema.push_back(
      {"gateway", "http", "http", false, {"127.0.0.1:24371"}, "HOST:PORT of its API and page"});
  schema.push_back({"gateway",
                    "token_file",
                    "token-file",
                    false,
                    {""},
                    "File with the token that opens the API; default: `token` in its data folder"});
  return schema;
}

ConfigSources sources_of(const std::string& role) {
  auto sources = config_sources_of(role);
  for (const auto& other : role_names()) {
    if (other != role) {
      sources.foreign_sections.push_back(other);
    }
  }
  return sources;
}

Result<DirectoryOptions> directory_options(const Settings& settings) {
  DirectoryOptions options;
  auto node = node_options(settings);
  auto listen = endpoints(settings, "directory.listen");
  if (!node || !listen) {
    return node ? listen.error() : node.error();
  }
  options.node = node.value();
  options.listen = listen.value();
  return options;
}

Result<SuperPeerOptions> super_peer_options(const Settings& settings) {
  SuperPeerOptions options;
  auto node = node_options(settings);
  auto listen = endpoints(settings, "super-peer.listen");
  auto data_listen = endpoints(settings, "super-peer.data_listen");
  if (!node || !listen || !data_listen) {
    return !node ? node.error() : !listen ? listen.error() : data_listen.error();
  }
  options.node = node.value();
  options.listen = listen.value();
  options.data_listen = data_listen.value();
  return options;
}

Result<HomeOptions> home_options(const Settings& settings) {
  HomeOptions options;
  auto node = node_options(settings);
  if (!node) {
    return node.error();
  }
  options.node = node.value();
  for (const auto& folder : settings.list("home.media")) {
    std::error_code error;
    auto absolute = absolute_path(folder);
    if (!absolute || !fs::is_directory(folder, error)) {
      return refused(settings, "home.media", fmt::format("no such folder: {}", folder));
    }
    options.media.push_back(std::move(absolute.value()));
  }
  if (options.media.empty()) {
    return refused(settings, "home.media", "at least one folder is needed");
  }
  options.name = settings.text("home.name");
  if (options.name.empty() || options.name.size() > limits::name_bytes_max) {
    return refused(settings, "home.name",
                   fmt::format("1 to {} bytes are wanted", limits::name_bytes_max));
  }
  if (!is_line(options.name)) {
    return refused(settings, "home.name", "UTF-8 without control characters is wanted");
  }
  return options;
}

Result<GatewayOptions> gateway_options(const Settings& settings) {
  GatewayOptions options;
  auto node = node_options(settings);
  auto http = http_endpoint(settings, "gateway.http");
  if (!node || !http) {
    return node ? http.error() : node.error();
  }
  options.node = node.value();
  options.http = http.value();
  const auto token_file = settings.text("gateway.token_file");
  options.token_file = token_file.empty() ? options.node.data / "token" : fs::path(token_file);
  return options;
}

logs::Options log_options(const std::string& role, const Settings& settings) {
  return {settings.text("log.level"), settings.text("log.format"), role,
          settings.text("node.region")};
}

Result<void> check_settings(const std::string& role, const Settings& settings) {
  if (auto logs_fit = logs::check(log_options(role, settings)); !logs_fit) {
    return logs_fit;
  }
  const auto outcome = [](const auto& options) {
    return options ? Result<void>() : Result<void>(options.error());
  };
  if (role == "directory") {
    return outcome(directory_options(settings));
  }
  if (role == "super-peer") {
    return outcome(super_peer_options(settings));
  }
  return role == "home" ? outcome(home_options(settings)) : outcome(gateway_options(settings));
}

bool is_region(const std::string& name) {
  return !name.empty() && name.size() <= 16 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace hearth::cli
