#pragma once
// /media/… and /art/…: bytes for any player that holds the URL, without a token.

#include "nodes/gateway/api.hpp"
#include "nodes/http/event_loop.hpp"
#include "nodes/http/router.hpp"
#include "nodes/support/resolver.hpp"

namespace hearth::gateway {

/// `loop` and `resolver` must outlive the router.
void add_media_routes(http::Router& router, http::EventLoop& loop, Resolver& resolver,
                      const ApiContext& context);

}  // namespace hearth::gateway
