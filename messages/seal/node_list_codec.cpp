#include "messages/seal/node_list_codec.hpp"

#include "messages/base/limits.hpp"
#include "messages/seal/wire_bytes.hpp"

#include <string_view>

namespace hearth::seal {

namespace {

constexpr std::string_view magic = "HNDL";
constexpr std::uint16_t version = 1;
constexpr std::uint8_t flag_issues_tickets = 1;

Error malformed(const char* detail) {
  return Error{ErrorCode::message_malformed, detail};
}

std::string as_text(BytesView bytes) {
  return {bytes.begin(), bytes.end()};
}

void write_endpoints(ByteWriter& writer, const std::vector<Endpoint>& endpoints) {
  for (const auto& endpoint : endpoints) {
    writer.u16(endpoint.port);
    writer.u8(static_cast<std::uint8_t>(endpoint.host.size()));
    writer.text(endpoint.host);
  }
}

void write_node(ByteWriter& writer, const ListedNode& node) {
  writer.u8(static_cast<std::uint8_t>(node.role));
  writer.u8(node.issues_tickets ? flag_issues_tickets : 0);
  writer.u8(static_cast<std::uint8_t>(node.control.size()));
  writer.u8(static_cast<std::uint8_t>(node.data.size()));
  writer.bytes(node.keys.signing.view());
  writer.bytes(node.keys.exchange.view());
  writer.u8(static_cast<std::uint8_t>(node.region.size()));
  writer.text(node.region);
  write_endpoints(writer, node.control);
  write_endpoints(writer, node.data);
}

std::vector<Endpoint> read_endpoints(ByteReader& reader, std::size_t count) {
  std::vector<Endpoint> endpoints;
  for (std::size_t i = 0; i < count && reader.good(); ++i) {
    Endpoint endpoint;
    endpoint.port = reader.u16();
    endpoint.host = as_text(reader.take(reader.u8()));
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

/// Whether `node` could be read.
bool read_node(ByteReader& reader, ListedNode& node) {
  node.role = static_cast<Role>(reader.u8());
  const auto flags = reader.u8();
  const auto control_count = reader.u8();
  const auto data_count = reader.u8();
  if (flags > flag_issues_tickets) {
    return false;
  }
  node.issues_tickets = flags == flag_issues_tickets;
  node.keys.signing = reader.fixed<SigningKey>();
  node.keys.exchange = reader.fixed<ExchangeKey>();
  node.region = as_text(reader.take(reader.u8()));
  node.control = read_endpoints(reader, control_count);
  node.data = read_endpoints(reader, data_count);
  return reader.good();
}

}  // namespace

Bytes encode_node_list(const NodeList& list) {
  ByteWriter writer(limits::ticket_bytes_max);
  writer.text(magic);
  writer.u16(version);
  writer.u16(static_cast<std::uint16_t>(list.nodes.size()));
  writer.u64(list.serial);
  writer.time(list.not_after);
  for (const auto& node : list.nodes) {
    write_node(writer, node);
  }
  return writer.finish();
}

Result<NodeList> decode_node_list(BytesView body) {
  ByteReader reader(body);
  if (!reader.expect(magic) || reader.u16() != version) {
    return malformed("not a node list, or of another version");
  }
  const auto count = reader.u16();
  NodeList list;
  list.serial = reader.u64();
  list.not_after = reader.time();
  for (std::size_t i = 0; i < count; ++i) {
    ListedNode node;
    if (!read_node(reader, node)) {
      return malformed("a node of the list is cut off or out of bounds");
    }
    list.nodes.push_back(std::move(node));
  }
  if (!reader.done()) {
    return malformed("the node list has a wrong length or time");
  }
  return list;
}

}  // namespace hearth::seal
