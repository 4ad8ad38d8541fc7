#include "nodes/gateway/api.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"
#include "nodes/gateway/embedded_files.hpp"
#include "nodes/gateway/item_json.hpp"
#include "nodes/http/problem.hpp"
#include "nodes/http/text.hpp"
#include "nodes/http/uri.hpp"

#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace hearth::gateway {

namespace {

using http::ExchangePtr;
using http::PathValues;
using Json = nlohmann::ordered_json;

/// Turns the answer to a question into the answer to a request.
template <class Expected>
using Show = std::function<http::Response(const Expected&)>;

template <class Expected>
void ask(const ApiContext& context, ExchangePtr exchange, client::Question question,
         Show<Expected> show) {
  context.library.ask(std::move(question), [asker = std::move(exchange), shown = std::move(show)](
                                               const Result<client::Answer>& answer) {
    if (!answer) {
      asker->respond(http::problem_of(answer.error()));
    } else if (const auto* expected = std::get_if<Expected>(&answer.value())) {
      asker->respond(shown(*expected));
    } else {
      asker->respond(http::problem(500, "internal", "The answer is of another kind."));
    }
  });
}

http::Response ok(const Json& json) {
  return json_response(200, json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<NodeId> home_of(const PathValues& values) {
  if (const auto home = NodeId::parse(values.at("home"))) {
    return *home;
  }
  return Error{ErrorCode::home_unknown, "no home has this id"};
}

Result<ItemId> item_of(const std::string& text) {
  const auto item = ItemId::parse(text);
  if (item && !item->is_zero()) {
    return *item;
  }
  return Error{ErrorCode::item_unknown, "no item has this id"};
}

Result<std::uint32_t> limit_of(const http::Query& query) {
  const auto text = query.find("limit");
  if (!text) {
    return static_cast<std::uint32_t>(limits::page_items_default);
  }
  std::uint32_t limit = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, limit);
  if (!http::all_digits(*text) || read.ec != std::errc{} || read.ptr != end || limit < 1 ||
      limit > limits::page_items_max) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("limit is not a number from 1 to {}", limits::page_items_max)};
  }
  return limit;
}

struct PageArguments {
  http::Query query;
  std::string cursor;
  std::uint32_t limit = 0;
};

Result<PageArguments> page_arguments(const http::Request& request) {
  auto query = http::Query::parse(request.query);
  if (!query) {
    return Error{ErrorCode::value_invalid, "the query is not percent-encoded properly"};
  }
  for (const auto* name : {"parent", "cursor", "limit", "q"}) {
    if (query->count(name) > 1) {
      return Error{ErrorCode::value_invalid, fmt::format("{} is given more than once", name)};
    }
  }
  auto limit = limit_of(*query);
  if (!limit) {
    return limit.error();
  }
  auto cursor = query->find("cursor").value_or("");
  if (cursor.size() > limits::cursor_bytes_max || !is_utf8(cursor)) {
    return Error{ErrorCode::cursor_invalid, "this cursor was never given"};
  }
  return PageArguments{std::move(*query), std::move(cursor), limit.value()};
}

Result<client::Question> browse_question(const http::Request& request, const NodeId& home) {
  auto arguments = page_arguments(request);
  if (!arguments) {
    return arguments.error();
  }
  auto& given = arguments.value();
  ItemId parent;
  if (const auto text = given.query.find("parent"); text && !text->empty()) {
    const auto item = item_of(*text);
    if (!item) {
      return item.error();
    }
    parent = item.value();
  }
  return client::Question{
      client::AskHome{home, home::BrowseItems{parent, std::move(given.cursor), given.limit}}};
}

Result<client::Question> search_question(const http::Request& request, const NodeId& home) {
  auto arguments = page_arguments(request);
  if (!arguments) {
    return arguments.error();
  }
  auto& given = arguments.value();
  auto words = given.query.find("q").value_or("");
  if (words.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Error{ErrorCode::value_invalid, "q is missing or has no words"};
  }
  if (words.size() > limits::query_bytes_max || !is_utf8(words)) {
    return Error{ErrorCode::value_invalid, "q is too long or not UTF-8"};
  }
  return client::Question{client::AskHome{
      home, home::SearchItems{std::move(words), std::move(given.cursor), given.limit}}};
}

MediaUrls urls_for(const ApiContext& context, const http::Request& request, const NodeId& home) {
  return {context.capabilities, request.host, home, context.now()};
}

/// A route below /homes/{home} whose question is made of the request.
using MakeQuestion = Result<client::Question> (*)(const http::Request&, const NodeId&);

http::RouteHandler page_route(const ApiContext& context, MakeQuestion make) {
  return [context, make](const ExchangePtr& exchange, const PathValues& values) {
    const auto home = home_of(values);
    auto question =
        home ? make(exchange->request(), home.value()) : Result<client::Question>{home.error()};
    if (!question) {
      exchange->respond(http::problem_of(question.error()));
      return;
    }
    ask<home::ItemsPage>(context, exchange, std::move(question.value()),
                         [urls = urls_for(context, exchange->request(), home.value())](
                             const home::ItemsPage& page) { return ok(page_json(page, urls)); });
  };
}

void show_item(const ApiContext& context, const ExchangePtr& exchange, const PathValues& values) {
  const auto home = home_of(values);
  const auto item = item_of(values.at("item"));
  if (!home || !item) {
    exchange->respond(http::problem_of(home ? item.error() : home.error()));
    return;
  }
  ask<home::ItemsPage>(
      context, exchange, client::AskHome{home.value(), home::ShowItem{item.value()}},
      [urls = urls_for(context, exchange->request(), home.value())](const home::ItemsPage& page) {
        return page.items.size() == 1
                   ? ok(item_json(page.items.front(), urls))
                   : http::problem_of({ErrorCode::item_unknown, "no item has this id"});
      });
}

void ask_for_scan(const ApiContext& context, const ExchangePtr& exchange, const PathValues& values,
                  bool start) {
  const auto home = home_of(values);
  if (!home) {
    exchange->respond(http::problem_of(home.error()));
    return;
  }
  client::AskHome question{home.value(), home::ShowScan{}};
  if (start) {
    question.question = home::StartRescan{};
  }
  ask<home::ScanShown>(context, exchange, std::move(question),
                       [start](const home::ScanShown& shown) {
                         auto response = ok(scan_json(shown));
                         response.status = start ? 202 : 200;
                         return response;
                       });
}

}  // namespace

http::Response json_response(unsigned status, std::string body) {
  http::Response response;
  response.status = status;
  response.fields.add("content-type", "application/json");
  response.fields.add("cache-control", "no-store");
  response.body = std::move(body);
  return response;
}

void add_api_routes(http::Router& router, const ApiContext& context) {
  router.add({"GET", "/api/v1/homes"}, [context](const ExchangePtr& exchange,
                                                 const PathValues& /*values*/) {
    ask<client::HomesView>(context, exchange, client::ShowHomes{},
                           [](const client::HomesView& view) { return ok(homes_json(view)); });
  });
  router.add({"GET", "/api/v1/homes/{home}/items"}, page_route(context, browse_question));
  router.add({"GET", "/api/v1/homes/{home}/search"}, page_route(context, search_question));
  router.add({"GET", "/api/v1/homes/{home}/items/{item}"},
             [context](const ExchangePtr& exchange, const PathValues& values) {
               show_item(context, exchange, values);
             });
  router.add({"POST", "/api/v1/homes/{home}/rescan"},
             [context](const ExchangePtr& exchange, const PathValues& values) {
               ask_for_scan(context, exchange, values, true);
             });
  router.add({"GET", "/api/v1/homes/{home}/scan"},
             [context](const ExchangePtr& exchange, const PathValues& values) {
               ask_for_scan(context, exchange, values, false);
             });
  router.add({"GET", "/api/v1/openapi.json"},
             [](const ExchangePtr& exchange, const PathValues& /*values*/) {
               exchange->respond(json_response(200, std::string{embedded_file("openapi.json")}));
             });
}

}  // namespace hearth::gateway
