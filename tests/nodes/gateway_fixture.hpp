#pragma once
// A gateway with a pretended home behind it, on real sockets.

#include "nodes/gateway/gateway.hpp"
#include "tests/nodes/fake_home.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/raw_http.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace hearth::test {

class GatewayFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    gateway::GatewayOptions options;
    options.port = 0;
    options.token = token;
    options.capability_secret = testing::secret_of(9);
    options.post = [this](client::UiQuestion question) { home_.ask(std::move(question)); };
    options.ready = [this] { return home_.online.load(); };
    auto listening = gateway::Gateway::listen(std::move(options));
    ASSERT_TRUE(listening.ok());
    gateway_ = std::move(listening.value());
    home_.answer = [this](client::UiAnswer answer) { gateway_->on_answer(std::move(answer)); };
  }
  /// After `home_` was given what it holds.
  void serve() { gateway_->serve(); }
  void TearDown() override {
    gateway_->stop();  // questions on its thread may still be answered, as long as it is there
    gateway_.reset();
  }

  static constexpr const char* token = "the-token";
  static constexpr const char* with_token = "Authorization: Bearer the-token\r\n";

  [[nodiscard]] RawHttp connect(int buffer_bytes = 0) const {
    return RawHttp{gateway_->port(), buffer_bytes};
  }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(gateway_->port()); }
  [[nodiscard]] static std::string home_path(const std::string& rest) {
    return "/api/v1/homes/" + to_text(FakeHome::id()) + rest;
  }
  [[nodiscard]] Answer get(const std::string& target, const std::string& lines = with_token) const {
    return connect().ask("GET", target, lines);
  }
  [[nodiscard]] nlohmann::json json(const std::string& target) const {
    const auto answer = get(target);
    EXPECT_EQ(answer.status, 200U) << target << answer.body;
    EXPECT_EQ(answer.field("content-type"), "application/json");
    return nlohmann::json::parse(answer.body, nullptr, false);
  }
  /// Path of an item's `mediaUrl` or `artUrl`.
  [[nodiscard]] std::string path_of(const FakeItem& entry, const char* url = "mediaUrl") const {
    const auto item = json(home_path("/items/" + to_text(entry.item.id)));
    const auto text = item.value(url, std::string{});
    const auto begin = "http://" + host();
    EXPECT_EQ(text.substr(0, begin.size()), begin) << text;
    return text.substr(std::min(begin.size(), text.size()));
  }

  FakeHome home_;
  std::unique_ptr<gateway::Gateway> gateway_;
};

inline void expect_problem(const Answer& answer, unsigned status, const std::string& code) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.field("content-type"), "application/problem+json");
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  EXPECT_EQ(body.value("status", 0U), status);
  EXPECT_EQ(body.value("code", std::string{}), code);
  EXPECT_EQ(body.value("type", std::string{}), "urn:hearth:problem:" + code);
  EXPECT_TRUE(body.contains("title") && body.contains("detail"));
}

}  // namespace hearth::test
