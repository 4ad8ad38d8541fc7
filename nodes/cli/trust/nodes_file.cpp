#include "nodes/cli/trust/nodes_file.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/nearest_key.hpp"
#include "nodes/cli/role_settings.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/files.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <toml++/toml.h>
#include <utility>

namespace hearth::cli::trust {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t nodes_file_bytes_max = std::size_t{2} << 20U;

const std::vector<std::string> entry_keys{"role",    "region",   "control", "data",
                                          "signing", "exchange", "id"};

/// Gathers nodes and problems; an entry with a problem is no node.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void read(const toml::table& all);
  [[nodiscard]] NodesFile take() { return std::move(found_); }

 private:
  using Line = toml::source_index;

  void read_entry(const toml::table& entry);
  void check_keys(const toml::table& entry);
  Role role_of(const toml::table& entry);
  std::string region_of(const toml::table& entry);
  std::vector<seal::Endpoint> endpoints_of(const toml::table& entry, const char* key);
  seal::Endpoint endpoint_of(const toml::node& value, const char* key);
  void check_data(const toml::table& entry, const seal::ListedNode& node);
  template <class Key>
  Key key_of(const toml::table& entry, const char* key);
  void check_id(const toml::table& entry, const seal::ListedNode& node);
  void claim(Line line, const std::string& what, const std::string& value);
  void tell(Line line, const std::string& what);

  std::string file_;
  NodesFile found_;
  std::map<std::string, Line> line_by_claim_;
};

void Reader::tell(Line line, const std::string& what) {
  found_.problems.push_back(fmt::format("{}:{}: {}", file_, line, what));
}

void Reader::read(const toml::table& all) {
  for (const auto& [key, value] : all) {
    const auto* entries = value.as_array();
    if (key.str() != "node" || entries == nullptr || !entries->is_array_of_tables()) {
      tell(key.source().begin.line,
           fmt::format("'{}' is unknown: the file is a list of [[node]]", key.str()));
      continue;
    }
    for (const auto& entry : *entries) {
      read_entry(*entry.as_table());
    }
  }
  if (found_.nodes.empty() && found_.problems.empty()) {
    tell(1, "there is no [[node]]: `hearth node show` writes one");
  }
}

void Reader::read_entry(const toml::table& entry) {
  const auto problems_before = found_.problems.size();
  check_keys(entry);
  seal::ListedNode node;
  node.role = role_of(entry);
  node.region = region_of(entry);
  node.control = endpoints_of(entry, "control");
  node.data = endpoints_of(entry, "data");
  node.keys.signing = key_of<SigningKey>(entry, "signing");
  node.keys.exchange = key_of<ExchangeKey>(entry, "exchange");
  node.issues_tickets = node.role == Role::directory;
  check_data(entry, node);
  check_id(entry, node);
  if (found_.problems.size() != problems_before) {
    return;
  }
  if (const auto checked = seal::check_node_list({1, {}, {node}}); !checked) {
    tell(entry.source().begin.line, checked.error().detail);
    return;
  }
  found_.nodes.push_back(std::move(node));
}

void Reader::check_keys(const toml::table& entry) {
  for (const auto& [key, value] : entry) {
    if (std::find(entry_keys.begin(), entry_keys.end(), key.str()) == entry_keys.end()) {
      tell(key.source().begin.line, fmt::format("unknown key '{}'; did you mean '{}'?", key.str(),
                                                nearest_key(std::string(key.str()), entry_keys)));
    }
  }
  for (const auto* needed : {"role", "region", "control", "signing", "exchange"}) {
    if (!entry.contains(needed)) {
      tell(entry.source().begin.line, fmt::format("the node lacks `{}`", needed));
    }
  }
}

Role Reader::role_of(const toml::table& entry) {
  const auto* value = entry.get("role");
  const auto text = value == nullptr ? "" : value->value_or(std::string{});
  for (const auto role : {Role::directory, Role::super_peer}) {
    if (text == name_of(role)) {
      return role;
    }
  }
  if (value != nullptr) {
    tell(value->source().begin.line,
         fmt::format("role '{}' is neither directory nor super-peer: homes and devices are not "
                     "listed, they come in by pairing",
                     text));
  }
  return Role::none;
}

std::string Reader::region_of(const toml::table& entry) {
  const auto* value = entry.get("region");
  auto text = value == nullptr ? std::string{} : value->value_or(std::string{});
  if (value != nullptr && !is_region(text)) {
    tell(value->source().begin.line,
         fmt::format("region '{}' is not 1 to 16 of a-z, 0-9 and '-'", text));
  }
  return text;
}

/// An absent key is none.
std::vector<seal::Endpoint> Reader::endpoints_of(const toml::table& entry, const char* key) {
  const auto* value = entry.get(key);
  if (value == nullptr) {
    return {};
  }
  const auto* list = value->as_array();
  if (list == nullptr || list->empty() || list->size() > limits::endpoints_per_node_max) {
    tell(value->source().begin.line,
         fmt::format("`{}` is a list of 1 to {} addresses, [\"HOST:PORT\"]", key,
                     limits::endpoints_per_node_max));
    return {};
  }
  std::vector<seal::Endpoint> endpoints;
  for (const auto& each : *list) {
    endpoints.push_back(endpoint_of(each, key));
  }
  return endpoints;
}

seal::Endpoint Reader::endpoint_of(const toml::node& value, const char* key) {
  const auto line = value.source().begin.line;
  const auto parsed = parse_endpoint(value.value_or(std::string{}));
  if (!parsed) {
    tell(line, fmt::format("`{}`: {}", key, parsed.error().detail));
    return {};
  }
  const auto text = to_text(parsed.value());
  if (parsed.value().port == 0 || is_wildcard(parsed.value().host)) {
    tell(line,
         fmt::format("`{}`: nobody can dial {}: write where others find the node", key, text));
  }
  claim(line, fmt::format("the address {}", text), text);
  return parsed.value();
}

void Reader::check_data(const toml::table& entry, const seal::ListedNode& node) {
  const auto* value = entry.get("data");
  if (node.role == Role::super_peer && value == nullptr) {
    tell(entry.source().begin.line, "the node lacks `data`, where a super-peer takes streams");
  }
  if (node.role == Role::directory && value != nullptr) {
    tell(value->source().begin.line, "a directory has no `data`: remove it");
  }
}

template <class Key>
Key Reader::key_of(const toml::table& entry, const char* key) {
  const auto* value = entry.get(key);
  if (value == nullptr) {
    return {};
  }
  const auto line = value->source().begin.line;
  const auto parsed = Key::parse(value->value_or(std::string{}));
  if (!parsed) {
    tell(line, fmt::format("`{}` is not a key of 64 hexadecimal digits: copy what `hearth node "
                           "show` prints",
                           key));
    return {};
  }
  claim(line, fmt::format("the key `{}`", key), to_text(*parsed));
  return *parsed;
}

/// It follows from the key, and is there for people: a block with another id was mixed up.
void Reader::check_id(const toml::table& entry, const seal::ListedNode& node) {
  const auto* value = entry.get("id");
  if (value != nullptr && !node.keys.signing.is_zero() &&
      value->value_or(std::string{}) != to_text(node.id())) {
    tell(value->source().begin.line,
         fmt::format("`id` is not that of the key `signing`, {}: copy the block anew",
                     to_text(node.id())));
  }
}

void Reader::claim(Line line, const std::string& what, const std::string& value) {
  const auto [first, is_new] = line_by_claim_.try_emplace(value, line);
  if (!is_new) {
    tell(line, fmt::format("{} is in line {} already: each node has its own", what, first->second));
  }
}

template <class Texts>
std::string list_of(const Texts& endpoints) {
  std::vector<std::string> texts;
  for (const auto& endpoint : endpoints) {
    texts.push_back(fmt::format("\"{}\"", to_text(endpoint)));
  }
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace

Result<NodesFile> read_nodes_file(const fs::path& path) {
  auto bytes = read_file(path, nodes_file_bytes_max);
  if (!bytes) {
    return bytes.error();
  }
  try {
    Reader reader(path.string());
    reader.read(toml::parse(std::string(bytes.value().begin(), bytes.value().end())));
    return reader.take();
  } catch (const toml::parse_error& error) {
    return Error{
        ErrorCode::value_invalid,
        fmt::format("{}:{}: {}", path.string(), error.source().begin.line, error.description())};
  }
}

std::vector<std::string> doubts_about(const std::vector<seal::ListedNode>& nodes) {
  std::map<std::string, std::set<Role>> roles_by_region;
  for (const auto& node : nodes) {
    roles_by_region[node.region].insert(node.role);
  }
  std::vector<std::string> doubts;
  for (const auto& [region, roles] : roles_by_region) {
    for (const auto role : {Role::directory, Role::super_peer}) {
      if (!roles.contains(role)) {
        doubts.push_back(
            fmt::format("region {} has no {}: that of another region does its work, "
                        "more slowly",
                        region, name_of(role)));
      }
    }
  }
  return doubts;
}

std::string block_of(const seal::ListedNode& node) {
  auto text = fmt::format("[[node]]\nrole = \"{}\"\nregion = \"{}\"\ncontrol = {}\n",
                          name_of(node.role), node.region, list_of(node.control));
  if (!node.data.empty()) {
    text += fmt::format("data = {}\n", list_of(node.data));
  }
  return text + fmt::format("signing = \"{}\"\nexchange = \"{}\"\nid = \"{}\"\n",
                            to_text(node.keys.signing), to_text(node.keys.exchange),
                            to_text(node.id()));
}

}  // namespace hearth::cli::trust
