// Published vectors: tests/golden/noise_vectors.md. Another file of the same form is run instead
// when the environment variable HEARTH_NOISE_VECTORS names it.

#include "messages/seal/noise.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace hearth::seal {
namespace {

using Json = nlohmann::json;

std::string vectors_path() {
  const char* const named = std::getenv("HEARTH_NOISE_VECTORS");
  return named != nullptr ? named
                          : std::string(HEARTH_SOURCE_DIR) + "/tests/golden/noise_vectors.json";
}

/// Every record with messages, of every list in the file.
std::vector<Json> read_records(const std::string& path) {
  std::ifstream file(path);
  const auto document = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  std::vector<Json> records;
  if (!document.is_object()) {
    ADD_FAILURE() << path << " is missing or not a JSON object";
    return records;
  }
  for (const auto& group : document) {
    if (!group.is_array()) {
      continue;
    }
    for (const auto& record : group) {
      if (record.is_object() && record.contains("messages")) {
        records.push_back(record);
      }
    }
  }
  return records;
}

/// The pattern of `record`, or nothing when it is of another suite, deferred, or a fallback.
std::optional<std::string> applicable_pattern(const Json& record) {
  static const std::regex name(
      "Noise_((?:N|K|X|NN|NK|NX|XN|XK|XX|KN|KK|KX|IN|IK|IX)(?:psk[0-9](?:\\+psk[0-9])*)?)"
      "_25519_ChaChaPoly_BLAKE2b");
  const auto text = record.contains("protocol_name") ? record.value("protocol_name", "")
                                                     : record.value("name", "");
  std::smatch match;
  return std::regex_match(text, match, name) ? std::optional(match[1].str()) : std::nullopt;
}

Bytes unhex(const Json& text) {
  const auto bytes = from_hex(text.get<std::string>());
  EXPECT_TRUE(bytes) << text << " is not hexadecimal";
  return bytes.value_or(Bytes{});
}

SecretKey secret_from(const Json& text) {
  const auto bytes = unhex(text);
  std::array<std::uint8_t, 32> secret{};
  EXPECT_EQ(bytes.size(), secret.size());
  std::copy_n(bytes.begin(), std::min(bytes.size(), secret.size()), secret.begin());
  return SecretKey(secret);
}

NoiseKeys keys_of(const Json& record, const std::string& side) {
  NoiseKeys keys;
  if (record.contains(side + "_static")) {
    keys.own = secret_from(record.at(side + "_static"));
  }
  if (record.contains(side + "_remote_static")) {
    keys.peer = ExchangeKey::from(unhex(record.at(side + "_remote_static")));
  }
  if (record.contains(side + "_ephemeral")) {
    keys.ephemeral = secret_from(record.at(side + "_ephemeral"));
  }
  if (record.contains(side + "_psks")) {
    for (const auto& psk : record.at(side + "_psks")) {
      keys.psks.push_back(secret_from(psk));
    }
  }
  if (record.contains(side + "_prologue")) {
    keys.prologue = unhex(record.at(side + "_prologue"));
  }
  return keys;
}

/// One side from its first message to its last.
struct Side {
  NoiseHandshake handshake;
  std::optional<NoiseSession> session = {};

  void settle() {
    if (!session && handshake.done()) {
      session = handshake.finish();
    }
  }
  Bytes write(const Bytes& payload) {
    Bytes out;
    if (session) {
      EXPECT_TRUE(session->send.seal(out, {}, payload));
      return out;
    }
    auto message = handshake.write(payload);
    EXPECT_TRUE(message);
    return message ? message.value() : out;
  }
  Bytes read(Bytes message) {
    if (session) {
      const auto opened = session->receive.open(message);
      EXPECT_TRUE(opened);
      return opened ? Bytes(opened.value().begin(), opened.value().end()) : Bytes{};
    }
    auto payload = handshake.read(message);
    EXPECT_TRUE(payload);
    return payload ? payload.value() : Bytes{};
  }
};

void expect_sessions(const Json& record, const Side& initiator, const Side& responder) {
  ASSERT_TRUE(initiator.session && responder.session) << "the handshake did not end";
  EXPECT_EQ(initiator.session->hash, responder.session->hash);
  EXPECT_EQ(initiator.session->exported, responder.session->exported);
  if (record.contains("handshake_hash")) {
    EXPECT_EQ(to_hex(initiator.session->hash), record.at("handshake_hash"));
  }
}

void run(const Json& record, const std::string& pattern) {
  auto first = NoiseHandshake::start(pattern, true, keys_of(record, "init"));
  auto second = NoiseHandshake::start(pattern, false, keys_of(record, "resp"));
  ASSERT_TRUE(first) << first.error().detail;
  ASSERT_TRUE(second) << second.error().detail;
  Side initiator{std::move(first.value())};
  Side responder{std::move(second.value())};
  const bool one_way = pattern.find_first_of("NKXI", 1) != 1;
  bool initiators_turn = true;
  for (const auto& message : record.at("messages")) {
    auto& sender = initiators_turn ? initiator : responder;
    auto& receiver = initiators_turn ? responder : initiator;
    const auto payload = unhex(message.at("payload"));
    const auto ciphertext = unhex(message.at("ciphertext"));
    ASSERT_EQ(to_hex(sender.write(payload)), to_hex(ciphertext));
    ASSERT_EQ(to_hex(receiver.read(ciphertext)), to_hex(payload));
    sender.settle();
    receiver.settle();
    initiators_turn = one_way || !initiators_turn;
  }
  expect_sessions(record, initiator, responder);
}

TEST(NoiseVectors, AreReproducedByBothSides) {
  const auto path = vectors_path();
  const auto records = read_records(path);
  std::size_t applicable = 0;
  for (const auto& record : records) {
    const auto pattern = applicable_pattern(record);
    if (!pattern) {
      continue;
    }
    ++applicable;
    SCOPED_TRACE(*pattern);
    run(record, *pattern);
  }
  std::cout << path << ": " << applicable << " vectors applicable, " << records.size() - applicable
            << " not\n";
  RecordProperty("applicable", static_cast<int>(applicable));
  EXPECT_GT(applicable, 0U) << path << " has no applicable vector";
}

TEST(NoiseVectors, CoverEveryPatternThatIsOffered) {
  if (std::getenv("HEARTH_NOISE_VECTORS") != nullptr) {
    GTEST_SKIP() << "another file may hold fewer";
  }
  std::size_t applicable = 0;
  for (const auto& record : read_records(vectors_path())) {
    applicable += applicable_pattern(record) ? 1U : 0U;
  }
  EXPECT_EQ(applicable, 36U);
}

}  // namespace
}  // namespace hearth::seal
