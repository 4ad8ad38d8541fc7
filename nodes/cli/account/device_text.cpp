#include "nodes/cli/account/device_text.hpp"

#include "messages/seal/identity.hpp"
#include "messages/seal/key_words.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/time_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::cli::account {

using directory::Device;
using directory::DeviceKind;

namespace {

constexpr std::size_t id_digits_shown = 16;
constexpr std::size_t id_digits_least = 8;

std::string short_id(const NodeId& id) {
  return to_text(id).substr(0, id_digits_shown);
}

NodeId id_of(const Device& device) {
  return seal::node_id_of(device.keys.signing);
}

Told told_of(const directory::ChainEvent& event) {
  Told told;
  const Device* device = nullptr;
  if (const auto* opened = std::get_if<directory::AccountOpened>(&event.action)) {
    told.what = "created";
    device = &opened->device;
  } else if (const auto* enrolled = std::get_if<directory::DeviceEnrolled>(&event.action)) {
    told.what = "enrolled";
    device = &enrolled->device;
  } else if (const auto* renamed = std::get_if<directory::DeviceRenamed>(&event.action)) {
    told.what = "renamed";
    told.device = renamed->device;
    told.name = renamed->name;
  } else if (const auto* granted = std::get_if<directory::ShareGranted>(&event.action)) {
    told.what = "shared";
    told.device = granted->home;
    told.kind = name_of(DeviceKind::home);
    told.grantee = granted->grantee;
  } else if (const auto* ended = std::get_if<directory::ShareRevoked>(&event.action)) {
    told.what = "unshared";
    told.share = ended->share;
  } else {
    told.what = "revoked";
    told.device = std::get<directory::DeviceRevoked>(event.action).device;
  }
  if (device != nullptr) {
    told.device = id_of(*device);
    told.name = device->name;
    told.kind = name_of(device->kind);
  }
  told.number = event.number;
  told.by = seal::node_id_of(event.signer);
  return told;
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

std::vector<Told> told_of(const std::vector<directory::RecordedEvent>& events) {
  std::vector<Told> all;
  SigningKey recovery;
  for (const auto& each : events) {
    const auto read = directory::read_event(each.event);
    if (!read) {
      continue;  // it was verified, so this is not reached
    }
    const auto& event = read.value().event;
    if (const auto* opened = std::get_if<directory::AccountOpened>(&event.action)) {
      recovery = opened->recovery;
    }
    auto told = told_of(event);
    told.by = event.signer == recovery ? NodeId{} : told.by;
    told.at = WallTime(Millis(each.at_ms));
    all.push_back(std::move(told));
  }
  return all;
}

std::string event_text(const Told& told) {
  auto text =
      fmt::format("{:<8} {}", told.what,
                  told.share != 0 ? fmt::format("share {}", told.share) : short_id(told.device));
  for (const auto& word : {std::string(told.kind), printable(told.name)}) {
    text += word.empty() ? "" : " " + word;
  }
  if (!told.grantee.is_zero()) {
    text += " with account " + to_text(told.grantee).substr(0, id_digits_shown);
  }
  return text + fmt::format("  by {}", told.by.is_zero() ? "the recovery key" : short_id(told.by));
}

std::string event_json(const Told& told) {
  return json_object(
      {{"number", std::to_string(told.number)},
       {"at", json_text(time_text(told.at))},
       {"what", json_text(told.what)},
       {"device", json_text_or_null(told.device.is_zero() ? std::string() : to_text(told.device))},
       {"account",
        json_text_or_null(told.grantee.is_zero() ? std::string() : to_text(told.grantee))},
       {"share", told.share == 0 ? "null" : std::to_string(told.share)},
       {"name", json_text_or_null(told.name)},
       {"kind", json_text_or_null(told.kind)},
       {"by", json_text(told.by.is_zero() ? "recovery key" : to_text(told.by))}});
}

}  // namespace hearth::cli::account
