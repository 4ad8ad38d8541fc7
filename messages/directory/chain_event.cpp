#include "messages/directory/chain_event.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"
#include "messages/seal/digest.hpp"
#include "messages/seal/signed_body.hpp"
#include "messages/seal/wire_bytes.hpp"

#include <string_view>
#include <utility>

namespace hearth::directory {

namespace {

constexpr std::string_view event_domain = "hearth chain event 1";
constexpr std::string_view recovery_domain = "hearth recovery request 1";
constexpr std::string_view magic = "HCHN";
constexpr std::uint16_t version = 1;

/// Byte 6 of a body.
enum class ActionCode : std::uint8_t {
  opened = 1,
  enrolled = 2,
  revoked = 3,
  renamed = 4,
  share_granted = 5,
  share_revoked = 6,
};

Error malformed(const char* detail) {
  return {ErrorCode::message_malformed, detail};
}

// ---- writing ----

void write_name(seal::ByteWriter& to, const std::string& name) {
  HEARTH_CHECK(name.size() <= limits::name_bytes_max);
  to.u16(static_cast<std::uint16_t>(name.size()));
  to.text(name);
}

void write_device(seal::ByteWriter& to, const Device& device) {
  to.bytes(device.keys.signing.view());
  to.bytes(device.keys.exchange.view());
  to.u8(static_cast<std::uint8_t>(device.kind));
  write_name(to, device.name);
}

ActionCode code_of(const ChainAction& action) {
  return static_cast<ActionCode>(action.index() + 1);
}

void write_action(seal::ByteWriter& to, const ChainAction& action) {
  if (const auto* opened = std::get_if<AccountOpened>(&action)) {
    to.bytes(opened->recovery.view());
    write_device(to, opened->device);
    write_name(to, opened->name);
  } else if (const auto* enrolled = std::get_if<DeviceEnrolled>(&action)) {
    write_device(to, enrolled->device);
  } else if (const auto* revoked = std::get_if<DeviceRevoked>(&action)) {
    to.bytes(revoked->device.view());
  } else if (const auto* renamed = std::get_if<DeviceRenamed>(&action)) {
    to.bytes(renamed->device.view());
    write_name(to, renamed->name);
  } else if (const auto* granted = std::get_if<ShareGranted>(&action)) {
    to.bytes(granted->grantee.view());
    to.bytes(granted->home.view());
    to.bytes(granted->folder.view());
    to.u64(static_cast<std::uint64_t>(granted->expires_ms));
  } else {
    to.u64(std::get<ShareRevoked>(action).share);
  }
}

Bytes body_of(const ChainEvent& event) {
  seal::ByteWriter writer(limits::chain_event_bytes_max);
  writer.text(magic);
  writer.u16(version);
  writer.u8(static_cast<std::uint8_t>(code_of(event.action)));
  writer.zeros(1);
  writer.u64(event.number);
  writer.bytes(event.previous.view());
  writer.bytes(event.signer.view());
  write_action(writer, event.action);
  return writer.finish();
}

// ---- reading ----

std::string read_name(seal::ByteReader& from) {
  const auto size = from.u16();
  const auto bytes = from.take(size <= limits::name_bytes_max ? size : SIZE_MAX);
  return {bytes.begin(), bytes.end()};
}

Device read_device(seal::ByteReader& from, bool& is_known) {
  Device device;
  device.keys.signing = from.fixed<SigningKey>();
  device.keys.exchange = from.fixed<ExchangeKey>();
  const auto kind = from.u8();
  is_known = kind <= static_cast<std::uint8_t>(DeviceKind::home);
  device.kind = static_cast<DeviceKind>(is_known ? kind : 0);
  device.name = read_name(from);
  return device;
}

/// Nothing: an action or a kind of device that a later version knows.
std::optional<ChainAction> read_action(ActionCode code, seal::ByteReader& from) {
  bool is_known = true;
  ChainAction action;
  switch (code) {
    case ActionCode::opened: {
      AccountOpened opened;
      opened.recovery = from.fixed<SigningKey>();
      opened.device = read_device(from, is_known);
      opened.name = read_name(from);
      action = std::move(opened);
      break;
    }
    case ActionCode::enrolled: action = DeviceEnrolled{read_device(from, is_known)}; break;
    case ActionCode::revoked: action = DeviceRevoked{from.fixed<NodeId>()}; break;
    case ActionCode::renamed: {
      const auto device = from.fixed<NodeId>();
      action = DeviceRenamed{device, read_name(from)};
      break;
    }
    case ActionCode::share_granted: {
      ShareGranted granted;
      granted.grantee = from.fixed<AccountId>();
      granted.home = from.fixed<NodeId>();
      granted.folder = from.fixed<FolderId>();
      granted.expires_ms = static_cast<std::int64_t>(from.u64());
      action = granted;
      break;
    }
    case ActionCode::share_revoked: action = ShareRevoked{from.u64()}; break;
    default: is_known = false;
  }
  return is_known ? std::optional(std::move(action)) : std::nullopt;
}

bool has_utf8_names(const ChainAction& action) {
  if (const auto* opened = std::get_if<AccountOpened>(&action)) {
    return is_utf8(opened->name) && is_utf8(opened->device.name);
  }
  if (const auto* enrolled = std::get_if<DeviceEnrolled>(&action)) {
    return is_utf8(enrolled->device.name);
  }
  const auto* renamed = std::get_if<DeviceRenamed>(&action);
  return renamed == nullptr || is_utf8(renamed->name);
}

}  // namespace

SignedEvent sign_event(const ChainEvent& event, const seal::SecretKey& seed) {
  auto body = body_of(event);
  const auto signature = seal::sign_in_domain(event_domain, body, seed);
  return {std::move(body), signature};
}

ChainHash hash_of(const SignedEvent& event) {
  return seal::digest_as<ChainHash>(event.body);
}

Result<ReadEvent> read_event(const SignedEvent& event) {
  seal::ByteReader reader(event.body);
  if (event.body.size() > limits::chain_event_bytes_max || !reader.expect(magic)) {
    return malformed("not an event of a chain");
  }
  const auto written_by = reader.u16();
  const auto code = static_cast<ActionCode>(reader.u8());
  if (written_by > version) {
    return Error{ErrorCode::format_newer, "the event is of a later version of Hearth: update"};
  }
  if (written_by != version || !reader.expect_zeros(1)) {
    return malformed("an event has a wrong header");
  }
  ReadEvent read;
  read.event.number = reader.u64();
  read.event.previous = reader.fixed<ChainHash>();
  read.event.signer = reader.fixed<SigningKey>();
  auto action = read_action(code, reader);
  if (!action) {
    return Error{ErrorCode::format_newer, "the event says what a later Hearth knows: update"};
  }
  if (!reader.done() || !has_utf8_names(*action)) {
    return malformed("an event has a wrong length, or a name that is no text");
  }
  read.event.action = std::move(*action);
  read.hash = hash_of(event);
  return read;
}

Result<ReadEvent> verify_event(const SignedEvent& event) {
  auto read = read_event(event);
  if (read && !seal::verify_in_domain(event_domain, event.body, read.value().event.signer,
                                      event.signature)) {
    return Error{ErrorCode::not_allowed, "the event is not signed by the key that it names"};
  }
  return read;
}

Signature sign_recovery_request(const NodeId& asker, const seal::SecretKey& seed) {
  return seal::sign_in_domain(recovery_domain, asker.view(), seed);
}

bool verify_recovery_request(const NodeId& asker, const SigningKey& recovery,
                             const Signature& proof) {
  return seal::verify_in_domain(recovery_domain, asker.view(), recovery, proof);
}

}  // namespace hearth::directory
