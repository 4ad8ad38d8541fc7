#include "nodes/client/connection.hpp"

#include "nodes/support/files.hpp"

#include <nlohmann/json.hpp>
#include <toml++/toml.h>
#include <utility>

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
  const auto json = nlohmann::json::parse(text.value(), nullptr, false);
  const auto field = [&json](const char* name) {
    const bool there = json.is_object() && json.contains(name) && json[name].is_string();
    return there ? json[name].get<std::string>() : std::string{};
  };
  Connection connection{field("gateway"), field("token")};
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

Result<Connection> from_context(const std::string& wanted, const Environment& environment) {
  const auto path = client_file(environment);
  const auto text = read_text(path);
  if (!text) {
    if (wanted.empty() && text.error().code == ErrorCode::not_found) {
      return Error{ErrorCode::value_invalid,
                   "no gateway is named: give --to or --ready-file, or set HEARTH_TO"};
    }
    return text.error();
  }
  try {
    const auto file = toml::parse(text.value());
    const auto name = wanted.empty() ? file["context"].value_or(std::string{}) : wanted;
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
    return connection;
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::value_invalid, path.string() + ": " + std::string{error.description()}};
  }
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
  return from_context(options.context, environment);
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
  if (!options.token_file.empty()) {
    auto token = read_token(options.token_file);
    if (!token) {
      return token.error();
    }
    connection.token = std::move(token.value());
  } else if (auto token = environment("HEARTH_TOKEN"); !token.empty()) {
    const bool told = !connection.token.empty() && options.to.empty();
    connection.token = told ? connection.token : std::move(token);
  }
  return found;
}

}  // namespace hearth::cli
