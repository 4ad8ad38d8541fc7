#pragma once

#include "nodes/http/exchange.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::http {

/// Values of the "{names}" in a route's path, decoded.
using PathValues = std::map<std::string, std::string, std::less<>>;
using RouteHandler = std::function<void(ExchangePtr, const PathValues&)>;

struct Route {
  std::string method;  ///< GET serves HEAD, too.
  std::string path;    ///< Like "/api/v1/homes/{home}/items".
};

/// Finds the handler of a request; answers 404 and, with Allow, 405 where there is none.
class Router {
 public:
  void add(Route route, RouteHandler handler);
  void handle(const ExchangePtr& exchange) const;
  [[nodiscard]] std::vector<Route> routes() const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;
    RouteHandler handler;
  };
  std::vector<Entry> entries_;
};

}  // namespace hearth::http
