#include "nodes/support/node_list_file.hpp"

#include "nodes/support/files.hpp"
#include "nodes/support/time_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <toml++/toml.h>

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t node_list_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t memory_bytes_max = 4U << 10U;

/// What `follow_node_list` keeps.
struct Followed {
  std::vector<std::string> roots;
  std::int64_t serial = 0;
  friend bool operator==(const Followed&, const Followed&) = default;
};

std::vector<std::string> texts_of(const std::vector<SigningKey>& keys) {
  std::vector<std::string> texts;
  std::transform(keys.begin(), keys.end(), std::back_inserter(texts),
                 [](const SigningKey& key) { return to_text(key); });
  return texts;
}

/// A folder that never followed a list has no file.
Result<std::optional<Followed>> load_followed(const fs::path& path) {
  auto bytes = read_file(path, memory_bytes_max);
  if (!bytes) {
    return bytes.error().code == ErrorCode::not_found
               ? Result<std::optional<Followed>>(std::nullopt)
               : bytes.error();
  }
  try {
    const auto table = toml::parse(std::string(bytes.value().begin(), bytes.value().end()));
    Followed followed;
    if (const auto* roots = table["roots"].as_array()) {
      for (const auto& root : *roots) {
        followed.roots.push_back(root.value_or(std::string{}));
      }
    }
    followed.serial = table["serial"].value_or(std::int64_t{0});
    if (followed.serial > 0 && !followed.roots.empty()) {
      return std::optional(followed);
    }
  } catch (const toml::parse_error&) {
    // Told below, like a file that lacks a key.
  }
  return Error{ErrorCode::message_malformed,
               fmt::format("{} is damaged: remove it once you are sure that the node list is the "
                           "newest one",
                           path.string())};
}

Result<void> save_followed(const fs::path& path, const Followed& followed) {
  return write_file(path,
                    fmt::format("roots = [\"{}\"]\nserial = {}\n",
                                fmt::join(followed.roots, "\", \""), followed.serial),
                    0600);
}

bool share_a_root(const Followed& before, const Followed& now) {
  return std::any_of(before.roots.begin(), before.roots.end(), [&now](const std::string& root) {
    return std::find(now.roots.begin(), now.roots.end(), root) != now.roots.end();
  });
}

}  // namespace

Result<SignedList> load_node_list(const fs::path& path, const Cluster& cluster) {
  auto bytes = read_file(path, node_list_bytes_max);
  if (!bytes) {
    return bytes.error();
  }
  auto list = seal::verify_node_list(bytes.value(), cluster.roots, WallTime{});
  if (list) {
    return SignedList{std::move(bytes.value()), std::move(list.value())};
  }
  if (list.error().code == ErrorCode::identity_unknown) {
    return Error{ErrorCode::identity_unknown,
                 fmt::format("{}: no root key of the cluster {} has signed it: it, or "
                             "cluster.toml, is that of another cluster",
                             path.string(), cluster.name)};
  }
  return Error{list.error().code, fmt::format("{}: {}", path.string(), list.error().detail)};
}

Result<SignedList> load_current_node_list(const fs::path& path, const Cluster& cluster,
                                          WallTime now) {
  auto loaded = load_node_list(path, cluster);
  if (loaded && now > loaded.value().list.not_after) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("{}: the node list is over since {}: sign a new one with `hearth "
                             "cluster sign`",
                             path.string(), time_text(loaded.value().list.not_after))};
  }
  return loaded;
}

Result<void> follow_node_list(const fs::path& data, const Cluster& cluster,
                              const seal::NodeList& list) {
  const auto path = data / "node_list_followed";
  const Followed now{texts_of(cluster.roots), static_cast<std::int64_t>(list.serial)};
  const auto before = load_followed(path);
  if (!before) {
    return before.error();
  }
  if (before.value()) {
    const auto& known = *before.value();
    if (known == now) {
      return {};
    }
    if (!share_a_root(known, now)) {
      return Error{ErrorCode::wrong_role,
                   fmt::format("{} belongs to another cluster than {}, with the root key {}: give "
                               "each cluster a data folder of its own",
                               data.string(), cluster.name, known.roots.front())};
    }
    if (now.serial < known.serial) {
      return Error{ErrorCode::value_invalid,
                   fmt::format("the node list has the serial {}, and the node in {} has followed "
                               "{} already: give it the newest list",
                               now.serial, data.string(), known.serial)};
    }
  }
  return save_followed(path, now);
}

}  // namespace hearth
