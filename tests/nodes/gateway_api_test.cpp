// The gateway's API from outside: who may ask, what is answered, and that openapi.json tells it.

#include "nodes/gateway/api.hpp"
#include "nodes/gateway/capability.hpp"
#include "nodes/gateway/item_json.hpp"
#include "tests/nodes/gateway_fixture.hpp"
#include "tests/support/json_schema.hpp"

#include <set>
#include <string>

namespace hearth::gateway {
namespace {

using home::ItemKind;
using test::expect_problem;
using test::fake_file;
using test::FakeItem;

FakeItem folder(std::uint8_t seed, std::string title) {
  auto entry = fake_file(seed, ItemKind::container, std::move(title), 0);
  entry.item.version = {};
  return entry;
}

class GatewayApi : public test::GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    home_.items.push_back(folder(1, "Music"));
    for (std::uint8_t track = 1; track <= 7; ++track) {
      auto entry = fake_file(static_cast<std::uint8_t>(10 + track), ItemKind::audio,
                             "Track " + std::to_string(track), 1000);
      entry.item.parent = home_.items.front().item.id;
      entry.item.artist = "Band";
      entry.item.album = "Album";
      entry.item.track = track;
      entry.item.duration_ms = 180'000;
      entry.item.mime = "audio/flac";
      entry.item.extension = "flac";
      entry.item.art_extension = track == 1 ? "png" : "";
      home_.items.push_back(entry);
    }
    auto photo = fake_file(30, ItemKind::image, "Übersee", 500);
    photo.item.width = 640;
    photo.item.height = 480;
    photo.item.taken_at_s = 1'000'000'000;
    photo.item.mime = "image/jpeg";
    photo.item.extension = "jpg";
    home_.items.push_back(photo);
    home_.items.push_back(fake_file(40, ItemKind::video, "Lost", 500));
    home_.items.back().gone = true;
    serve();
  }

  void expect_schema(const std::string& target, const std::string& name) {
    const auto document = json("/api/v1/openapi.json");
    EXPECT_EQ(test::schema_violation(document, name, json(target)), "") << target;
  }
};

TEST_F(GatewayApi, EveryRequestNeedsTheToken) {
  for (const auto& target : {std::string{"/api/v1/homes"}, std::string{"/api/v1/openapi.json"},
                             home_path("/items"), std::string{"/api/v1/nothing"}}) {
    const auto nothing = get(target, "");
    expect_problem(nothing, 401, "token_missing");
    EXPECT_EQ(nothing.field("www-authenticate"), "Bearer realm=\"hearth\"");
    for (const auto* wrong : {"Authorization: Bearer wrong\r\n", "Authorization: the-token\r\n",
                              "Authorization: Basic the-token\r\n", "Authorization: Bearer\r\n",
                              "Authorization: Bearer the-token2\r\n"}) {
      expect_problem(get(target, wrong), 401, "token_wrong");
    }
  }
  EXPECT_EQ(get("/api/v1/homes", "authorization: bearer the-token\r\n").status, 200U);
}

TEST_F(GatewayApi, TheLoginLinkSetsACookieThatOpensPageAndApi) {
  const auto url = gateway_->login_url();
  const auto begin = "http://" + host();
  ASSERT_EQ(url.substr(0, begin.size()), begin);
  const auto login = get(url.substr(begin.size()), "");
  EXPECT_EQ(login.status, 303U);
  EXPECT_EQ(login.field("location"), "/");
  const auto cookie = login.field("set-cookie");
  EXPECT_NE(cookie.find("; HttpOnly"), std::string::npos);
  EXPECT_NE(cookie.find("; SameSite=Strict"), std::string::npos);
  EXPECT_EQ(cookie.find(token), std::string::npos);
  const auto shown = "Cookie: other=1; " + cookie.substr(0, cookie.find(';')) + "\r\n";
  EXPECT_EQ(get("/api/v1/homes", shown).status, 200U);
  const auto page = get("/", shown);
  EXPECT_EQ(page.status, 200U);
  EXPECT_NE(page.field("content-security-policy").find("default-src 'self'"), std::string::npos);
  EXPECT_EQ(get("/page.js", shown).status, 200U);
}

TEST_F(GatewayApi, WithoutTheCookieThePageTellsHowToGetIt) {
  for (const auto* target : {"/", "/page.js", "/login?token=wrong", "/login", "/nothing"}) {
    const auto answer = get(target, "Accept: text/html,application/xml;q=0.9,*/*;q=0.8\r\n");
    EXPECT_EQ(answer.status, 401U) << target;
    EXPECT_NE(answer.body.find("link"), std::string::npos) << target;
    EXPECT_EQ(answer.field("set-cookie"), "");
  }
}

TEST_F(GatewayApi, ProgramsWithoutTheTokenGetAProblem) {
  for (const auto* target : {"/", "/nothing", "/metrics", "/login"}) {
    for (const auto* accept : {"", "Accept: */*\r\n", "Accept: application/json\r\n",
                               "Accept: text/html;q=0.5, application/*\r\n"}) {
      expect_problem(get(target, accept), 401, "token_missing");
    }
  }
  expect_problem(get("/login?token=bad", ""), 401, "token_wrong");
}

TEST_F(GatewayApi, HealthNeedsNoToken) {
  EXPECT_EQ(get("/healthz", "").status, 200U);
  EXPECT_EQ(get("/readyz", "").status, 200U);
  home_.online = false;
  EXPECT_EQ(get("/healthz", "").status, 200U);
  expect_problem(get("/readyz", ""), 503, "not_ready");
}

TEST_F(GatewayApi, ShowsHomesOfOthersLastAndWhose) {
  client::HomeView barn{NodeId{{1}}, "Barn", true, {}};
  barn.owner = AccountId{{7}};
  barn.owner_name = "ben";
  home_.others = {barn};
  const auto homes = json("/api/v1/homes")["homes"];
  ASSERT_EQ(homes.size(), 2U);
  EXPECT_FALSE(homes[0].contains("owner"));
  EXPECT_EQ(homes[1]["owner"]["name"], "ben");
  EXPECT_EQ(homes[1]["owner"]["account"], to_text(barn.owner));
  expect_schema("/api/v1/homes", "Homes");
}

TEST_F(GatewayApi, ShowsHomes) {
  EXPECT_EQ(json("/api/v1/homes"),
            nlohmann::json::parse(R"({"homes":[{"id":")" + to_text(test::FakeHome::id()) +
                                  R"(","name":"Demo","online":true,)"
                                  R"("scan":{"state":"idle","done":0,"total":0}}]})"));
}

TEST_F(GatewayApi, ShowsFieldsThatApplyAndNoOthers) {
  const auto names = [this](const FakeItem& entry) {
    const auto item = json(home_path("/items/" + to_text(entry.item.id)));
    std::set<std::string> found;
    for (const auto& [name, value] : item.items()) {
      found.insert(name);
    }
    return found;
  };
  EXPECT_EQ(names(home_.items[0]), (std::set<std::string>{"id", "kind", "title", "addedAt"}));
  EXPECT_EQ(names(home_.items[1]),
            (std::set<std::string>{"id", "parent", "kind", "title", "artist", "album", "track",
                                   "durationMs", "size", "mime", "addedAt", "mediaUrl", "artUrl"}));
  const auto song = json(home_path("/items/" + to_text(home_.items[1].item.id)));
  EXPECT_TRUE(song["mediaUrl"].get<std::string>().ends_with(".flac"));
  EXPECT_TRUE(song["artUrl"].get<std::string>().ends_with(".png"));
  const auto photo = json(home_path("/items/" + to_text(home_.items[8].item.id)));
  EXPECT_EQ(photo["title"], "Übersee");
  EXPECT_EQ(photo["takenAt"], "2001-09-09T01:46:40Z");
  EXPECT_EQ(photo["addedAt"], "2023-11-14T22:13:20Z");
  EXPECT_TRUE(photo["mediaUrl"].get<std::string>().ends_with(".jpg"));
  EXPECT_FALSE(photo.contains("artUrl"));
}

TEST_F(GatewayApi, PagesJoinedAreTheContainer) {
  const auto parent = to_text(home_.items.front().item.id);
  std::vector<std::string> titles;
  std::string cursor;
  int pages = 0;
  do {
    const auto page = json(home_path("/items?parent=" + parent + "&limit=3" + cursor));
    for (const auto& item : page["items"]) {
      titles.push_back(item["title"]);
    }
    cursor = page.contains("next") ? "&cursor=" + page["next"].get<std::string>() : "";
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(titles.size(), 7U);
  EXPECT_EQ(titles.front(), "Track 1");
  EXPECT_EQ(titles.back(), "Track 7");
}

TEST_F(GatewayApi, RefusesLimitsAndCursorsThatCannotBe) {
  for (const auto* limit :
       {"0", "501", "-1", "x", "", "1e2", "99999999999999999999", "1.5", "+5"}) {
    expect_problem(get(home_path(std::string{"/items?limit="} + limit)), 400, "value_invalid");
    expect_problem(get(home_path(std::string{"/search?q=a&limit="} + limit)), 400, "value_invalid");
  }
  EXPECT_EQ(get(home_path("/items?limit=1")).status, 200U);
  EXPECT_EQ(get(home_path("/items?limit=500")).status, 200U);
  expect_problem(get(home_path("/items?cursor=bad")), 400, "cursor_invalid");
  expect_problem(get(home_path("/items?cursor=%ff")), 400, "cursor_invalid");
  expect_problem(get(home_path("/items?cursor=" + std::string(5000, '1'))), 400, "cursor_invalid");
  expect_problem(get(home_path("/items?cursor=%zz")), 400, "value_invalid");
  expect_problem(get(home_path("/items?limit=1&limit=2")), 400, "value_invalid");
}

TEST_F(GatewayApi, SearchesDecodedWords) {
  EXPECT_EQ(json(home_path("/search?q=Track+3"))["items"].size(), 1U);
  EXPECT_EQ(json(home_path("/search?q=%C3%9Cbersee"))["items"].size(), 1U);
  EXPECT_EQ(json(home_path("/search?q=nowhere"))["items"].size(), 0U);
  expect_problem(get(home_path("/search")), 400, "value_invalid");
  expect_problem(get(home_path("/search?q=+")), 400, "value_invalid");
  expect_problem(get(home_path("/search?q=%ff")), 400, "value_invalid");
  expect_problem(get(home_path("/search?q=" + std::string(1025, 'a'))), 400, "value_invalid");
}

TEST_F(GatewayApi, AnIdNeverGivenIs404AndOneThatIsGone410) {
  for (const auto& id : {std::string(32, 'f'), std::string{"zz"}, std::string(32, '0')}) {
    expect_problem(get(home_path("/items/" + id)), 404, "item_unknown");
  }
  expect_problem(get(home_path("/items?parent=zz")), 404, "item_unknown");
  expect_problem(get(home_path("/items/" + to_text(home_.items.back().item.id))), 410, "item_gone");
  expect_problem(get("/api/v1/homes/" + std::string(64, 'f') + "/items"), 404, "home_unknown");
  expect_problem(get("/api/v1/homes/zz/items"), 404, "home_unknown");
}

TEST_F(GatewayApi, AHomeThatIsOfflineIs503) {
  home_.online = false;
  const auto answer = get(home_path("/items"));
  expect_problem(answer, 503, "home_offline");
  EXPECT_FALSE(answer.field("retry-after").empty());
}

TEST_F(GatewayApi, UnknownPathsAndMethodsAreProblems) {
  expect_problem(get("/api/v1/nothing"), 404, "not_found");
  expect_problem(get("/api/v1/homes/"), 404, "not_found");
  const auto answer = connect().ask("DELETE", "/api/v1/homes", with_token);
  expect_problem(answer, 405, "method_not_allowed");
  EXPECT_EQ(answer.field("allow"), "GET, HEAD");
  const auto rescan = get(home_path("/rescan"));
  expect_problem(rescan, 405, "method_not_allowed");
  EXPECT_EQ(rescan.field("allow"), "POST");
  expect_problem(connect().ask("BREW", "/api/v1/homes", with_token), 501, "method_unknown");
}

TEST_F(GatewayApi, RescanStartsAndScanTells) {
  home_.scan.problems = {{Bytes{'a', 0xFF, '\\', 0xC3, 0xA4}, "not_utf8"}};
  home_.scan.problems_left_out = 2;
  const auto started = connect().ask("POST", home_path("/rescan"), with_token);
  EXPECT_EQ(started.status, 202U);
  const auto scan = json(home_path("/scan"));
  EXPECT_EQ(scan["run"], 1);
  EXPECT_EQ(scan["finished"], 1);
  EXPECT_EQ(scan["problems"][0]["path"], "a\\xff\\x5cä");
  EXPECT_EQ(scan["problems"][0]["reason"], "not_utf8");
  EXPECT_EQ(scan["problemsLeftOut"], 2);
}

TEST_F(GatewayApi, AnswersAreAsTheOpenApiDocumentSays) {
  home_.scan.problems = {{Bytes{'a'}, "symlink"}};
  expect_schema("/api/v1/homes", "Homes");
  expect_schema(home_path("/items"), "Page");
  expect_schema(home_path("/items?limit=1"), "Page");
  expect_schema(home_path("/search?q=Track"), "Page");
  expect_schema(home_path("/items/" + to_text(home_.items[1].item.id)), "Item");
  expect_schema(home_path("/scan"), "Scan");
  const auto document = json("/api/v1/openapi.json");
  const auto problem = nlohmann::json::parse(get(home_path("/items?limit=0")).body);
  EXPECT_EQ(test::schema_violation(document, "Problem", problem), "");
  auto item = json(home_path("/items/" + to_text(home_.items[1].item.id)));
  item["surprise"] = 1;
  EXPECT_NE(test::schema_violation(document, "Item", item), "");
}

TEST_F(GatewayApi, TheOpenApiDocumentHasEveryRouteAndNoOther) {
  http::EventLoop loop;
  LibraryClient library{loop, [](client::UiQuestion) {}};
  const Capabilities capabilities{testing::secret_of(1)};
  http::Router router;
  add_api_routes(router, {library, capabilities, [] { return WallTime{}; }});
  std::set<std::string> served{"get /healthz", "get /readyz"};
  for (const auto& route : router.routes()) {
    served.insert((route.method == "GET" ? "get " : "post ") + route.path);
  }
  std::set<std::string> told;
  const auto document = json("/api/v1/openapi.json");
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (method != "parameters") {
        told.insert(method + " " + path);
      }
    }
  }
  EXPECT_EQ(served, told);
}

TEST(Capability, OpensOneItemForTwelveHours) {
  const Capabilities capabilities{testing::secret_of(1)};
  const MediaName name{test::FakeHome::id(), fake_file(1, ItemKind::audio, "", 0).item.id,
                       home::StreamPart::media};
  const WallTime now{std::chrono::hours{500'000}};
  const auto text = capabilities.make(name, now);
  using std::chrono::hours;
  EXPECT_TRUE(capabilities.opens(text, name, now));
  EXPECT_TRUE(capabilities.opens(text, name, now + hours{12} - Millis{1}));
  EXPECT_FALSE(capabilities.opens(text, name, now + hours{12}));
  auto other = name;
  other.item.bytes[0] ^= 1U;
  EXPECT_FALSE(capabilities.opens(text, other, now));
  other = name;
  other.part = home::StreamPart::art;
  EXPECT_FALSE(capabilities.opens(text, other, now));
  EXPECT_FALSE(Capabilities{testing::secret_of(2)}.opens(text, name, now));
  EXPECT_FALSE(capabilities.opens("", name, now));
  EXPECT_FALSE(capabilities.opens(text + "00", name, now));
}

TEST(TimeText, IsRfc3339) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(time_text(1'700'000'000'123), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace hearth::gateway
