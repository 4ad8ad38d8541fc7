#include "nodes/client/connection.hpp"

#include "nodes/client/api_client.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/runtime_socket.hpp"

#include <optional>
#include <toml++/toml.h>
#include <utility>
#include <vector>

namespace hearth::cli {

namespace {

constexpr std::size_t file_bytes_max = 1U << 20U;

Result<std::string> read_text(const std::filesystem::path& path) {
  auto bytes = read_file(path, file_bytes_max);
  if (!bytes) {
    return bytes.error();
  }
  return std::string{bytes.value().begin(), bytes.value().end()};
}

Result<std::string> read_token(const std::filesystem::path& path) {
  auto text = read_text(path);
  if (text) {
    text.value().erase(text.value().find_last_not_of(" \t\r\n") + 1);
  }
  return text;
}

Result<Connection> from_ready_file(const std::filesystem::path& path) {
  const auto text = read_text(path);
  if (!text) {
    return text.error();
  }
  const auto json = Json::parse(text.value(), nullptr, false);
  Connection connection{text_at(json, "gateway"), text_at(json, "token")};
  if (connection.gateway.empty()) {
    return Error{ErrorCode::value_invalid, path.string() + " is no ready file"};
  }
  return connection;
}

std::filesystem::path client_file(const Environment& environment) {
  const auto config = environment("XDG_CONFIG_HOME");
  return (config.empty() ? std::filesystem::path{environment("HOME")} / ".config"
                         : std::filesystem::path{config}) /
         "hearth" / "client.toml";
}

/// Empty where no context is wanted and none is said to be current.
Result<std::optional<Connection>> from_context(const std::string& wanted,
                                               const Environment& environment) {
  const auto path = client_file(environment);
  const auto text = read_text(path);
  if (!text) {
    const bool none = wanted.empty() && text.error().code == ErrorCode::not_found;
    return none ? Result(std::optional<Connection>{}) : text.error();
  }
  try {
    const auto file = toml::parse(text.value());
    const auto name = wanted.empty() ? file["context"].value_or(std::string{}) : wanted;
    if (name.empty()) {
      return std::optional<Connection>{};
    }
    const auto context = file["contexts"][name];
    Connection connection{context["to"].value_or(std::string{}), ""};
    if (connection.gateway.empty()) {
      return Error{ErrorCode::value_invalid,
                   path.string() + " has no context \"" + name + "\" with a \"to\""};
    }
    if (const auto token_file = context["token_file"].value<std::string>()) {
      auto token = read_token(*token_file);
      if (!token) {
        return token.error();
      }
      connection.token = std::move(token.value());
    }
    return std::optional(std::move(connection));
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::value_invalid, path.string() + ": " + std::string{error.description()}};
  }
}

/// The gateways of this user that run on this machine.
Result<std::vector<Connection>> running_gateways(const Environment& environment) {
  const auto told = ask_runtime_sockets(runtime_folder(environment("XDG_RUNTIME_DIR")));
  if (!told) {
    return told.error();
  }
  std::vector<Connection> found;
  for (const auto& text : told.value()) {
    const auto json = Json::parse(text, nullptr, false);
    if (text_at(json, "role") == "gateway") {
      found.push_back({text_at(json, "url"), text_at(json, "token")});
    }
  }
  return found;
}

Result<Connection> the_running_one(const Environment& environment) {
  const auto found = running_gateways(environment);
  if (!found) {
    return found.error();
  }
  const auto& gateways = found.value();
  if (gateways.empty()) {
    return Error{
        ErrorCode::unreachable,
        "no gateway of yours runs here, and none is named: start `hearth up`, give --to or "
        "--ready-file, or set HEARTH_TO"};
  }
  if (gateways.size() > 1) {
    std::string urls;
    for (const auto& gateway : gateways) {
      urls += (urls.empty() ? "" : ", ") + gateway.gateway;
    }
    return Error{ErrorCode::value_invalid,
                 "several gateways run here, name one with --to: " + urls};
  }
  return gateways.front();
}

Result<Connection> find_gateway(const ConnectionOptions& options, const Environment& environment) {
  if (!options.to.empty()) {
    return Connection{options.to, ""};
  }
  if (!options.ready_file.empty()) {
    return from_ready_file(options.ready_file);
  }
  if (const auto to = environment("HEARTH_TO"); !to.empty() && options.context.empty()) {
    return Connection{to, ""};
  }
  auto context = from_context(options.context, environment);
  if (!context) {
    return context.error();
  }
  return context.value() ? Result(std::move(*context.value())) : the_running_one(environment);
}

/// Of --token-file, else HEARTH_TOKEN, else of the running gateway of that URL: empty if none is.
Result<std::string> find_token(const std::string& gateway, const ConnectionOptions& options,
                               const Environment& environment) {
  if (!options.token_file.empty()) {
    return read_token(options.token_file);
  }
  if (auto token = environment("HEARTH_TOKEN"); !token.empty()) {
    return token;
  }
  const auto running = running_gateways(environment);
  if (running) {
    for (const auto& [url, token] : running.value()) {
      if (url == gateway) {
        return token;
      }
    }
  }
  return std::string{};
}

}  // namespace

Result<Connection> find_connection(const ConnectionOptions& options,
                                   const Environment& environment) {
  auto found = find_gateway(options, environment);
  if (!found) {
    return found;
  }
  auto& connection = found.value();
  while (connection.gateway.ends_with('/')) {
    connection.gateway.pop_back();
  }
  if (!connection.gateway.starts_with("http://") && !connection.gateway.starts_with("https://")) {
    return Error{ErrorCode::value_invalid, "a gateway is named by URL, like http://HOST:PORT"};
  }
  if (connection.token.empty() || !options.token_file.empty()) {
    auto token = find_token(connection.gateway, options, environment);
    if (!token) {
      return token.error();
    }
    connection.token = std::move(token.value());
  }
  return found;
}

}  // namespace hearth::cli
