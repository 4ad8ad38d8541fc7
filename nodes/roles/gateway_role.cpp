#include "actors/roles/roles.hpp"
#include "messages/seal/digest.hpp"
#include "nodes/gateway/gateway.hpp"
#include "nodes/roles/node_process.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/logging.hpp"
#include "nodes/support/runtime_socket.hpp"
#include "nodes/support/token_file.hpp"

#include <cstdlib>
#include <memory>
#include <string_view>

namespace hearth::cli {

namespace {

/// URLs outlive restarts, so their secret is drawn from the keys.
seal::SecretKey capability_secret(const seal::Identity& identity) {
  constexpr std::string_view purpose = "hearth media capability 1";
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(purpose.data());
  return seal::SecretKey(seal::mac(identity.signing_seed, BytesView(bytes, purpose.size())).bytes);
}

/// Where the commands of this user find the gateway. They have other ways: it does without.
std::unique_ptr<RuntimeSocket> open_door(const std::string& url, const std::string& token,
                                         const NodeId& id) {
  const auto* runtime = std::getenv("XDG_RUNTIME_DIR");
  auto door = RuntimeSocket::serve(
      runtime_folder(runtime == nullptr ? "" : runtime), "gateway-" + to_text(id).substr(0, 16),
      json_object(
          {{"role", json_text("gateway")}, {"url", json_text(url)}, {"token", json_text(token)}}));
  if (!door) {
    logs::warning("gateway.hidden", "commands need --to or --ready-file to find this gateway",
                  {{"why", door.error().detail}});
    return nullptr;
  }
  return std::move(door.value());
}

}  // namespace

Result<void> run_gateway(const GatewayOptions& options, StopSignals& stop) {
  auto opened = NodeProcess::open(options.node, Role::client, "gateway", {}, stop);
  if (!opened) {
    return opened.error();
  }
  auto& process = *opened.value();
  auto token = load_or_create_token(options.token_file);
  if (!token) {
    return token.error();
  }
  if (token.value().made) {
    logs::info("gateway.token", "made a token, which opens the API",
               {{"path", options.token_file.string()}});
  }
  ActorInput<client::ClientMachine> input;
  gateway::GatewayOptions http;
  http.host = options.http.host;
  http.port = options.http.port;
  http.token = token.value().text;
  http.capability_secret = capability_secret(process.identity());
  http.post = [&input](client::UiQuestion question) { input.post(std::move(question)); };
  http.ready = [] { return true; };
  http.observer.refused = [&metrics = process.metrics()](std::string_view reason) {
    metrics.count("hearth_http_refused_total", {{"reason", std::string(reason)}});
  };
  auto listening = gateway::Gateway::listen(std::move(http));
  if (!listening) {
    return listening.error();
  }
  auto& gateway = *listening.value();

  auto started = process.start(
      {client_actor(process.membership(),
                    {[&gateway](client::UiAnswer answer) { gateway.on_answer(std::move(answer)); },
                     input.spawned()})});
  if (started) {
    gateway.serve();
    const auto door = open_door("http://" + to_text({options.http.host, gateway.port()}),
                                token.value().text, process.identity().id);
    started = process.serve({{options.http.host, gateway.port()}});
  }
  gateway.stop();
  process.stop();
  return started;
}

}  // namespace hearth::cli
