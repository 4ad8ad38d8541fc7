#pragma once
// The routes of /api/v1. What they say is in openapi.json; a test keeps the two alike.

#include "nodes/gateway/capability.hpp"
#include "nodes/gateway/library_client.hpp"
#include "nodes/http/router.hpp"

#include <functional>

namespace hearth::gateway {

/// What the routes need. All of it outlives the router.
struct ApiContext {
  LibraryClient& library;
  const Capabilities& capabilities;
  std::function<WallTime()> now;
};

void add_api_routes(http::Router& router, const ApiContext& context);

/// A JSON answer.
[[nodiscard]] http::Response json_response(unsigned status, std::string body);

}  // namespace hearth::gateway
