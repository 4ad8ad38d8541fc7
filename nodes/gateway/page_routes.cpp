#include "nodes/gateway/page_routes.hpp"

#include "nodes/gateway/embedded_files.hpp"
#include "nodes/http/text.hpp"
#include "nodes/http/uri.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

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

/// How much `accept` wants `type`, in thousandths: what the most fitting of its ranges says.
/// Source: RFC 9110, 12.5.1.
int wanted(std::string_view accept, std::string_view type) {
  const auto group = std::string{type.substr(0, type.find('/'))} + "/*";
  int quality = 0;
  int fit = 0;
  for (const auto element : http::list_elements(accept)) {
    const auto range = http::lower_case(http::trimmed(element.substr(0, element.find(';'))));
    const int fits = range == type ? 3 : range == group ? 2 : range == "*/*" ? 1 : 0;
    if (fits > fit) {
      fit = fits;
      const auto lower = http::lower_case(element);
      const auto at = lower.find("q=");
      quality = at == std::string::npos
                    ? 1000
                    : static_cast<int>(1000 * std::strtod(lower.c_str() + at + 2, nullptr));
    }
  }
  return quality;
}

/// Whether a person looks: programs that do not say what they accept get what programs can read.
bool prefers_page(const http::Request& request) {
  const auto accept = request.fields.find("accept");
  return accept && wanted(*accept, "text/html") > wanted(*accept, "application/problem+json");
}

http::Response locked_page() {
  auto response =
      page_response(401, "text/html; charset=utf-8", std::string{embedded_file("locked.html")});
  response.fields.add("www-authenticate", "Bearer realm=\"hearth\"");
  return response;
}

void log_in(const Access& access, const http::ExchangePtr& exchange) {
  const auto query = http::Query::parse(exchange->request().query);
  const auto token = query ? query->find("token") : std::nullopt;
  if (!token || !access.is_token(*token)) {
    exchange->respond(refuse_access(exchange->request(),
                                    token ? AccessVerdict::wrong : AccessVerdict::nothing_shown));
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

http::Response refuse_access(const http::Request& request, AccessVerdict verdict) {
  const bool for_people = request.path.substr(0, 5) != "/api/" && request.method == "GET" &&
                          !request.fields.find("authorization") && prefers_page(request);
  auto response = for_people ? locked_page() : Access::refuse(verdict);
  response.fields.add("vary", "accept");
  return response;
}

}  // namespace hearth::gateway
