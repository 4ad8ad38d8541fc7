#pragma once
// The page: plain files, and the login that opens it.

#include "nodes/gateway/access.hpp"
#include "nodes/http/router.hpp"

namespace hearth::gateway {

/// `access` must outlive the router.
void add_page_routes(http::Router& router, const Access& access);

/// A 401: for a browser that asks for a page, a page that tells how to come in.
[[nodiscard]] http::Response refuse_access(const http::Request& request, AccessVerdict verdict);

}  // namespace hearth::gateway
