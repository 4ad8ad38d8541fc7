#include "nodes/http/router.hpp"

#include "nodes/http/problem.hpp"
#include "nodes/http/uri.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace hearth::http {

namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    segments.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

bool is_value(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// The values of `pattern` in `path`, or nothing where they differ.
std::optional<PathValues> match(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) {
    return std::nullopt;
  }
  PathValues values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto decoded = percent_decoded(path[i]);
    if (!decoded) {
      return std::nullopt;
    }
    if (is_value(pattern[i])) {
      values.emplace(pattern[i].substr(1, pattern[i].size() - 2), *decoded);
    } else if (*decoded != pattern[i]) {
      return std::nullopt;
    }
  }
  return values;
}

bool serves(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

bool is_known_method(std::string_view method) {
  constexpr std::array known{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                             "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::find(known.begin(), known.end(), method) != known.end();
}

Response not_served(const Request& request, const std::string& allow) {
  if (!is_known_method(request.method)) {
    return problem(501, "method_unknown", "This method is not known here.");
  }
  if (allow.empty()) {
    return problem(404, "not_found", "There is nothing at this path.");
  }
  auto response = problem(405, "method_not_allowed", "Allowed here: " + allow + ".");
  response.fields.add("allow", allow);
  return response;
}

}  // namespace

void Router::add(Route route, RouteHandler handler) {
  auto segments = split(route.path);
  entries_.push_back({std::move(route), std::move(segments), std::move(handler)});
}

void Router::handle(const ExchangePtr& exchange) const {
  const auto& request = exchange->request();
  const auto path = split(request.path);
  std::string allow;
  for (const auto& entry : entries_) {
    const auto values = match(entry.segments, path);
    if (!values) {
      continue;
    }
    if (serves(entry.route, request.method)) {
      entry.handler(exchange, *values);
      return;
    }
    allow += (allow.empty() ? "" : ", ") + entry.route.method;
    allow += entry.route.method == "GET" ? ", HEAD" : "";
  }
  exchange->respond(not_served(request, allow));
}

std::vector<Route> Router::routes() const {
  std::vector<Route> routes;
  for (const auto& entry : entries_) {
    routes.push_back(entry.route);
  }
  return routes;
}

}  // namespace hearth::http
