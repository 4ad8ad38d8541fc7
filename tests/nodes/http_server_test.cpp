// The HTTP server from outside, on real sockets.

#include "nodes/http/host_check.hpp"
#include "nodes/http/server.hpp"
#include "tests/support/raw_http.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <string>

namespace hearth::http {
namespace {

using test::Answer;
using test::RawHttp;

/// A server whose answers a test chooses.
class HttpServer : public ::testing::Test {
 protected:
  void start(Handler handler, ServerLimits limits = {}) {
    ServerOptions options;
    options.handler = std::move(handler);
    options.limits = limits;
    options.observer.refused = [this](std::string_view reason) {
      const std::lock_guard lock{mutex_};
      ++refused_[std::string{reason}];
    };
    auto listening = Server::listen(loop_, std::move(options));
    ASSERT_TRUE(listening.ok());
    server_ = std::move(listening.value());
    server_->serve();
    loop_.start();
  }
  void TearDown() override {
    loop_.stop();
    server_.reset();
  }

  [[nodiscard]] RawHttp connect(int buffer_bytes = 0) const {
    return RawHttp{server_->port(), buffer_bytes};
  }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  int refused(const std::string& reason) {
    const std::lock_guard lock{mutex_};
    return refused_[reason];
  }

  static void greet(const ExchangePtr& exchange) {
    Response response;
    response.body = exchange->request().method + " " + exchange->request().path + " " +
                    exchange->request().body;
    exchange->respond(std::move(response));
  }

  EventLoop loop_;
  std::unique_ptr<Server> server_;

 private:
  std::mutex mutex_;
  std::map<std::string, int> refused_;
};

void expect_problem(const Answer& answer, unsigned status, const std::string& code) {
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.field("content-type"), "application/problem+json");
  EXPECT_NE(answer.body.find("\"code\":\"" + code + "\""), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("\"status\":" + std::to_string(status)), std::string::npos);
}

TEST_F(HttpServer, AnswersRequestsOfOneConnectionInOrder) {
  start(greet);
  auto client = connect();
  const auto first = client.ask("GET", "/a");
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(first.body, "GET /a ");
  EXPECT_FALSE(first.field("date").empty());
  client.send("GET /b HTTP/1.1\r\nHost: " + host() + "\r\n\r\nPOST /c HTTP/1.1\r\nHost: " + host() +
              "\r\nContent-Length: 2\r\n\r\nxy");
  EXPECT_EQ(client.answer().body, "GET /b ");
  EXPECT_EQ(client.answer().body, "POST /c xy");
}

TEST_F(HttpServer, TellsTheLengthToHeadAndSendsNothing) {
  start(greet);
  auto client = connect();
  const auto answer = client.ask("HEAD", "/a");
  EXPECT_EQ(answer.field("content-length"), "8");
  EXPECT_EQ(client.ask("GET", "/b").body, "GET /b ");
}

TEST_F(HttpServer, ServesItsOwnHostsOnly) {
  start(greet);
  const auto port = std::to_string(server_->port());
  const auto status_for = [this](const std::string& value) {
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n");
    return client.answer().status;
  };
  EXPECT_EQ(status_for("127.0.0.1:" + port), 200U);
  EXPECT_EQ(status_for("localhost:" + port), 200U);
  EXPECT_EQ(status_for("LocalHost:" + port), 200U);
  for (const auto* host : {"evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "", "127.0.0.2",
                           "[::1]", "localhost.evil.example"}) {
    EXPECT_EQ(status_for(host), 421U) << host;
  }
  EXPECT_EQ(status_for("a b"), 400U);
  EXPECT_EQ(status_for("a@127.0.0.1:" + port), 400U);
  EXPECT_EQ(status_for("127.0.0.1:" + port + "/x"), 400U);
  auto client = connect();
  client.send("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  expect_problem(client.answer(), 421, "host_not_served");
}

TEST_F(HttpServer, ForeignPagesAreTurnedAway) {
  start(greet);
  auto client = connect();
  expect_problem(client.ask("POST", "/", "Origin: http://evil.example\r\n"), 403,
                 "origin_not_allowed");
  expect_problem(client.ask("DELETE", "/", "Origin: null\r\n"), 403, "origin_not_allowed");
  expect_problem(client.ask("POST", "/", "Origin: https://" + host() + "\r\n"), 403,
                 "origin_not_allowed");
  EXPECT_EQ(client.ask("POST", "/", "Origin: http://" + host() + "\r\n").status, 200U);
  EXPECT_EQ(client.ask("POST", "/").status, 200U);
  expect_problem(client.ask("GET", "/", "Origin: http://evil.example\r\n"), 403,
                 "origin_not_allowed");
  expect_problem(client.ask("GET", "/", "Origin: null\r\n"), 403, "origin_not_allowed");
  EXPECT_EQ(client.ask("HEAD", "/", "Origin: null\r\n").status, 403U);
  EXPECT_EQ(client.ask("GET", "/", "Origin: http://" + host() + "\r\n").status, 200U);
}

TEST_F(HttpServer, RefusesWhatCouldBeSmuggledAndCloses) {
  start(greet);
  auto client = connect();
  const auto answer = client.ask("POST", "/", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                                 "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
  expect_problem(answer, 400, "request_malformed");
  EXPECT_EQ(answer.field("connection"), "close");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(refused("request_malformed"), 1);
}

TEST_F(HttpServer, RefusesAHeadThatIsTooLarge) {
  start(greet);
  auto client = connect();
  const auto answer = client.ask("GET", "/", "X: " + std::string(64U << 10U, 'x') + "\r\n");
  expect_problem(answer, 431, "head_too_large");
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServer, RefusesABodyThatIsTooLarge) {
  start(greet);
  auto client = connect();
  expect_problem(client.ask("POST", "/", "Content-Length: 100000\r\n"), 413, "body_too_large");
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServer, AsksForABodyThatIsHeldBack) {
  start(greet);
  auto client = connect();
  EXPECT_EQ(client.ask("POST", "/", "Expect: 100-continue\r\nContent-Length: 2\r\n").status, 100U);
  client.send("xy");
  EXPECT_EQ(client.answer().body, "POST / xy");
}

TEST_F(HttpServer, ClosesASlowHead) {
  ServerLimits limits;
  limits.head_deadline = Millis{200};
  start(greet, limits);
  auto silent = connect();
  auto slow = connect();
  slow.send("GET / HTTP/1.1\r\nHost");
  expect_problem(slow.answer(), 408, "request_too_slow");
  EXPECT_TRUE(slow.closed());
  EXPECT_TRUE(silent.closed());
}

TEST_F(HttpServer, ClosesASlowBodyAndAnIdleConnection) {
  ServerLimits limits;
  limits.body_deadline = Millis{200};
  limits.idle_deadline = Millis{200};
  start(greet, limits);
  auto slow = connect();
  expect_problem(slow.ask("POST", "/", "Content-Length: 2\r\n", "x"), 408, "request_too_slow");
  auto idle = connect();
  EXPECT_EQ(idle.ask("GET", "/").status, 200U);
  EXPECT_TRUE(idle.closed());
}

TEST_F(HttpServer, HalfOpenConnectionsMakeRoomForOthers) {
  ServerLimits limits;
  limits.connections_max = 8;
  start(greet, limits);
  std::vector<RawHttp> half_open;
  for (int i = 0; i < 100; ++i) {
    half_open.push_back(connect());
    half_open.back().send("GET /");
  }
  auto client = connect();
  EXPECT_EQ(client.ask("GET", "/").status, 200U);
  EXPECT_EQ(refused("evicted"), 93);
}

TEST_F(HttpServer, AnswersWhereTheHandlerDoesNot) {
  start([](const ExchangePtr&) {});
  auto client = connect();
  expect_problem(client.ask("GET", "/"), 500, "not_answered");
  EXPECT_EQ(client.ask("GET", "/").status, 500U);
}

TEST_F(HttpServer, PeersTextMakesNoHeaderLines) {
  start([](const ExchangePtr& exchange) {
    Response response;
    response.fields.add("x-title", "a\r\nset-cookie: evil=1");
    exchange->respond(std::move(response));
  });
  const auto answer = connect().ask("GET", "/");
  EXPECT_EQ(answer.field("x-title"), "aset-cookie: evil=1");
  EXPECT_EQ(answer.field("set-cookie"), "");
}

/// Sends `total` bytes as fast as they are taken, and counts how far it was let.
struct Producer : std::enable_shared_from_this<Producer> {
  Producer(ExchangePtr to, std::uint64_t total) : exchange(std::move(to)), left(total) {}

  void go_on() {
    const auto size = std::min<std::uint64_t>(left, 60'000);
    if (size == 0) {
      return;
    }
    left -= size;
    exchange->write(Bytes(size, 'x'), [self = shared_from_this()] { self->go_on(); });
  }

  ExchangePtr exchange;
  std::atomic<std::uint64_t> left;
};

TEST_F(HttpServer, StreamsNoFasterThanTheClientReads) {
  static constexpr std::uint64_t total = 100'000'000;
  std::shared_ptr<Producer> producer;
  std::atomic<bool> begun{false};
  start([&producer, &begun](const ExchangePtr& exchange) {
    producer = std::make_shared<Producer>(exchange, total);
    exchange->begin({}, total);
    producer->go_on();
    begun = true;
  });
  auto client = connect(16'384);
  client.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
  ASSERT_TRUE(client.socket().ready(POLLIN));
  auto other = connect();  // the loop has served another client: the first one's buffers are full
  other.send("GET / HTTP/1.1\r\nHost: a b\r\n\r\n");
  EXPECT_EQ(other.answer().status, 400U);
  EXPECT_GT(producer->left, total - 8'000'000);
  const auto answer = client.answer();
  EXPECT_EQ(answer.body.size(), total);
  EXPECT_EQ(producer->left, 0U);
  producer->exchange.reset();
}

TEST_F(HttpServer, TellsTheProducerThatTheClientIsGone) {
  std::promise<void> gone;
  std::vector<ExchangePtr> kept;
  start([&gone, &kept](const ExchangePtr& exchange) {
    exchange->on_client_gone([&gone] { gone.set_value(); });
    exchange->begin({}, 1'000'000);
    exchange->write(Bytes(10, 'x'), [] {});
    kept.push_back(exchange);
  });
  auto client = connect();
  client.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
  ASSERT_TRUE(client.socket().ready(POLLIN));
  client.socket().abort();
  EXPECT_EQ(gone.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
  loop_.stop();
  kept.clear();
}

TEST_F(HttpServer, AnAbortedAnswerDoesNotLookComplete) {
  start([](const ExchangePtr& exchange) {
    exchange->begin({}, 1'000'000);
    exchange->write(Bytes(10, 'x'), [exchange] { exchange->abort(); });
  });
  auto client = connect();
  const auto answer = client.ask("GET", "/");
  EXPECT_EQ(answer.field("content-length"), "1000000");
  EXPECT_EQ(answer.body.size(), 10U);
}

TEST_F(HttpServer, APortInUseIsSaid) {
  start(greet);
  EventLoop loop;
  ServerOptions options;
  options.port = server_->port();
  const auto second = Server::listen(loop, std::move(options));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::in_use);
  EXPECT_NE(second.error().detail.find(host()), std::string::npos) << second.error().detail;
}

TEST(HostCheck, WritesAddressesOfVersionSixInBrackets) {
  const HostCheck hosts{"::1", 80};
  EXPECT_EQ(hosts.judge("[::1]:80"), HostVerdict::served);
  EXPECT_EQ(hosts.judge("[::1]"), HostVerdict::served);
  EXPECT_EQ(hosts.judge("localhost:"), HostVerdict::served);
  EXPECT_EQ(hosts.judge("::1"), HostVerdict::malformed);
  EXPECT_TRUE(hosts.own_origin("http://[::1]"));
}

}  // namespace
}  // namespace hearth::http
