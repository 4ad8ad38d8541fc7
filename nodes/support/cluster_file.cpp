#include "nodes/support/cluster_file.hpp"

#include "nodes/support/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

namespace hearth {
namespace {

constexpr std::int64_t groups_max = 1024;
constexpr std::size_t cluster_bytes_max = 64U << 10U;

Error refused(const std::filesystem::path& path, std::string_view why) {
  return {ErrorCode::value_invalid, fmt::format("{}: {}", path.string(), why)};
}

template <class Id>
std::string quoted(const std::vector<Id>& ids) {
  std::vector<std::string> texts;
  for (const auto& id : ids) {
    texts.push_back(fmt::format("\"{}\"", to_text(id)));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

Result<Cluster> cluster_from(const toml::table& table, const std::filesystem::path& path) {
  Cluster cluster;
  cluster.name = table["cluster"]["name"].value_or(std::string{});
  if (const auto* roots = table["cluster"]["roots"].as_array()) {
    for (const auto& root : *roots) {
      const auto key = SigningKey::parse(root.value_or(std::string{}));
      if (!key) {
        return refused(path, "a root key is 64 hexadecimal digits");
      }
      cluster.roots.push_back(*key);
    }
  }
  if (const auto* founders = table["cluster"]["founders"].as_array()) {
    for (const auto& founder : *founders) {
      const auto id = NodeId::parse(founder.value_or(std::string{}));
      if (!id) {
        return refused(path, "a founder is a node id, 64 hexadecimal digits");
      }
      cluster.founders.push_back(*id);
    }
  }
  const auto groups = table["cluster"]["groups"].value_or(std::int64_t{cluster.groups});
  if (groups < 1 || groups > groups_max) {
    return refused(path, "`groups` must be 1 to 1024");
  }
  cluster.groups = static_cast<std::uint32_t>(groups);
  if (cluster.name.empty() || cluster.roots.empty()) {
    return refused(path, "[cluster] needs `name` and `roots`");
  }
  return cluster;
}

}  // namespace

Result<Cluster> load_cluster(const std::filesystem::path& path) {
  auto bytes = read_file(path, cluster_bytes_max);
  if (!bytes) {
    return bytes.error();
  }
  try {
    return cluster_from(toml::parse(std::string(bytes.value().begin(), bytes.value().end())), path);
  } catch (const toml::parse_error& error) {
    return Error{
        ErrorCode::value_invalid,
        fmt::format("{}:{}: {}", path.string(), error.source().begin.line, error.description())};
  }
}

Result<void> save_cluster(const std::filesystem::path& path, const Cluster& cluster) {
  return write_file(
      path,
      fmt::format("[cluster]\nname = \"{}\"\nroots = [{}]\nfounders = [{}]\n"
                  "groups = {}\n",
                  cluster.name, quoted(cluster.roots), quoted(cluster.founders), cluster.groups),
      0644);
}

}  // namespace hearth
