#pragma once
// The page: plain files, and the login that opens it.

#include "nodes/gateway/access.hpp"
#include "nodes/http/router.hpp"

namespace hearth::gateway {

/// `access` must outlive the router.
void add_page_routes(http::Router& router, const Access& access);

/// What a browser without the cookie gets: how to come in.
[[nodiscard]] http::Response locked_page();

}  // namespace hearth::gateway
