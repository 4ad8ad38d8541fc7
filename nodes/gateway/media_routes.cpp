#include "nodes/gateway/media_routes.hpp"

#include "nodes/gateway/media_response.hpp"
#include "nodes/http/problem.hpp"

#include <memory>
#include <optional>

namespace hearth::gateway {

namespace {

std::optional<MediaName> name_of(const http::PathValues& values, home::StreamPart part) {
  const auto home = NodeId::parse(values.at("home"));
  // The extension is there for players that look at it; the id alone counts.
  const auto& file = values.at("file");
  const auto item = ItemId::parse(std::string_view{file}.substr(0, file.find('.')));
  return home && item ? std::optional{MediaName{*home, *item, part}} : std::nullopt;
}

void add_route(http::Router& router, http::EventLoop& loop, Resolver& resolver,
               const ApiContext& context, home::StreamPart part) {
  const std::string folder = part == home::StreamPart::art ? "/art" : "/media";
  router.add({"GET", folder + "/{capability}/{home}/{file}"}, [&loop, &resolver, context, part](
                                                                  const http::ExchangePtr& exchange,
                                                                  const http::PathValues& values) {
    const auto name = name_of(values, part);
    if (!name || !context.capabilities.opens(values.at("capability"), *name, context.now())) {
      exchange->respond(
          http::problem(403, "capability_invalid", "This URL is over or was never given."));
      return;
    }
    std::make_shared<MediaResponse>(loop, resolver, context.library, *name, exchange)->start();
  });
}

}  // namespace

void add_media_routes(http::Router& router, http::EventLoop& loop, Resolver& resolver,
                      const ApiContext& context) {
  add_route(router, loop, resolver, context, home::StreamPart::media);
  add_route(router, loop, resolver, context, home::StreamPart::art);
}

}  // namespace hearth::gateway
