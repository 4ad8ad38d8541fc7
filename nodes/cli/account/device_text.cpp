#include "nodes/cli/account/device_text.hpp"

#include "messages/seal/identity.hpp"
#include "messages/seal/key_words.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <utility>

namespace hearth::cli::account {

using directory::AccountCreated;
using directory::AccountEvent;
using directory::Device;
using directory::DeviceEnrolled;
using directory::DeviceKind;
using directory::DeviceRenamed;
using directory::DeviceRevoked;

namespace {

constexpr std::size_t id_digits_shown = 16;
constexpr std::size_t id_digits_least = 8;

std::string short_id(const NodeId& id) {
  return to_text(id).substr(0, id_digits_shown);
}

NodeId id_of(const Device& device) {
  return seal::node_id_of(device.keys.signing);
}

/// One event: a word for what happened, to whom, by whom, when.
struct Told {
  std::string_view what;
  NodeId device;
  std::string name;
  std::string_view kind;
  NodeId by;
  std::int64_t at_ms = 0;
};

Told told_of(const AccountEvent& event) {
  if (const auto* created = std::get_if<AccountCreated>(&event)) {
    const auto id = id_of(created->device);
    return {"created", id, created->device.name, name_of(created->device.kind), id, created->at_ms};
  }
  if (const auto* enrolled = std::get_if<DeviceEnrolled>(&event)) {
    const auto& device = enrolled->device;
    return {"enrolled",           id_of(device), device.name,
            name_of(device.kind), enrolled->by,  enrolled->at_ms};
  }
  if (const auto* renamed = std::get_if<DeviceRenamed>(&event)) {
    return {"renamed", renamed->device, renamed->name, {}, renamed->by, renamed->at_ms};
  }
  const auto& revoked = std::get<DeviceRevoked>(event);
  return {"revoked", revoked.device, {}, {}, revoked.by, revoked.at_ms};
}

}  // namespace

std::string_view name_of(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::manager: return "manager";
    case DeviceKind::player: return "player";
    case DeviceKind::gateway: return "gateway";
    case DeviceKind::home: return "home";
  }
  return "unknown";
}

Result<Device> find_device(const std::vector<Device>& devices, const std::string& text) {
  std::vector<Device> found;
  std::copy_if(devices.begin(), devices.end(), std::back_inserter(found), [&](const auto& device) {
    return device.name == text ||
           (text.size() >= id_digits_least && to_text(id_of(device)).starts_with(text));
  });
  if (found.empty()) {
    return Error{ErrorCode::device_unknown,
                 fmt::format("no device \"{}\": `hearth device ls` has names and ids", text)};
  }
  if (found.size() > 1) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("\"{}\" is {} devices: give the id of one", text, found.size())};
  }
  return found.front();
}

std::string to_table(const std::vector<Device>& devices, const NodeId& self) {
  std::string text;
  for (const auto& device : devices) {
    const auto id = id_of(device);
    text += fmt::format("{}  {:<8} {}{}\n", short_id(id), name_of(device.kind),
                        printable(device.name), id == self ? "  (this one)" : "");
  }
  return text;
}

std::string to_json(const Device& device, const NodeId& self) {
  const auto id = id_of(device);
  return json_object({{"id", json_text(to_text(id))},
                      {"name", json_text(device.name)},
                      {"kind", json_text(name_of(device.kind))},
                      {"words", json_text(seal::key_words(device.keys))},
                      {"self", json_bool(id == self)}});
}

std::string time_text(std::int64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::string event_text(const AccountEvent& event) {
  const auto told = told_of(event);
  auto text = fmt::format("{:<8} {}", told.what, short_id(told.device));
  for (const auto& word : {std::string(told.kind), printable(told.name)}) {
    text += word.empty() ? "" : " " + word;
  }
  return text + fmt::format("  by {}", short_id(told.by));
}

std::string event_json(const directory::NumberedAccountEvent& event) {
  const auto told = told_of(event.event);
  return json_object({{"number", std::to_string(event.sequence)},
                      {"at", json_text(time_text(told.at_ms))},
                      {"what", json_text(told.what)},
                      {"device", json_text(to_text(told.device))},
                      {"name", json_text_or_null(told.name)},
                      {"kind", json_text_or_null(told.kind)},
                      {"by", json_text(to_text(told.by))}});
}

}  // namespace hearth::cli::account
