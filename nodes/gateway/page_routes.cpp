#include "nodes/gateway/page_routes.hpp"

#include "nodes/gateway/embedded_files.hpp"
#include "nodes/http/uri.hpp"

#include <array>
#include <string>

namespace hearth::gateway {

namespace {

struct PageFile {
  const char* path;
  const char* name;
  const char* type;
};

constexpr std::array page_files{
    PageFile{"/", "index.html", "text/html; charset=utf-8"},
    PageFile{"/page.css", "page.css", "text/css; charset=utf-8"},
    PageFile{"/page.js", "page.js", "text/javascript; charset=utf-8"},
    PageFile{"/icon.svg", "icon.svg", "image/svg+xml"},
};

http::Response page_response(unsigned status, const char* type, std::string body) {
  http::Response response;
  response.status = status;
  response.fields.add("content-type", type);
  response.fields.add("cache-control", "no-cache");
  response.fields.add("content-security-policy",
                      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
                      "frame-ancestors 'none'");
  response.fields.add("referrer-policy", "no-referrer");
  response.fields.add("cross-origin-opener-policy", "same-origin");
  response.body = std::move(body);
  return response;
}

void log_in(const Access& access, const http::ExchangePtr& exchange) {
  const auto query = http::Query::parse(exchange->request().query);
  const auto token = query ? query->find("token") : std::nullopt;
  if (!token || !access.is_token(*token)) {
    exchange->respond(locked_page());
    return;
  }
  auto response = page_response(303, "text/plain; charset=utf-8", "");
  response.fields.add("location", "/");
  response.fields.add("set-cookie", access.set_cookie());
  exchange->respond(std::move(response));
}

}  // namespace

void add_page_routes(http::Router& router, const Access& access) {
  for (const auto& file : page_files) {
    router.add({"GET", file.path}, [&file](const http::ExchangePtr& exchange,
                                           const http::PathValues& /*values*/) {
      exchange->respond(page_response(200, file.type, std::string{embedded_file(file.name)}));
    });
  }
  router.add({"GET", "/login"},
             [&access](const http::ExchangePtr& exchange, const http::PathValues& /*values*/) {
               log_in(access, exchange);
             });
}

http::Response locked_page() {
  auto response =
      page_response(401, "text/html; charset=utf-8", std::string{embedded_file("locked.html")});
  response.fields.add("www-authenticate", "Bearer realm=\"hearth\"");
  return response;
}

}  // namespace hearth::gateway
