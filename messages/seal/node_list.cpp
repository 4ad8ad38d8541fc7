#include "messages/seal/node_list.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/seal/node_list_codec.hpp"
#include "messages/seal/signed_body.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace hearth::seal {

namespace {

constexpr std::string_view domain = "hearth node list 1";

Error out_of_bounds(std::string detail) {
  return Error{ErrorCode::value_invalid, std::move(detail)};
}

bool is_region(std::string_view region) {
  return !region.empty() && region.size() <= limits::region_bytes_max &&
         std::all_of(region.begin(), region.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

/// Which characters may stand in an address: whether it leads anywhere shows when it is dialled.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= limits::host_bytes_max &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == ':' || c == '-' || c == '_';
         });
}

bool are_endpoints(const std::vector<Endpoint>& endpoints) {
  return endpoints.size() <= limits::endpoints_per_node_max &&
         std::all_of(endpoints.begin(), endpoints.end(), [](const Endpoint& endpoint) {
           return endpoint.port != 0 && is_host(endpoint.host);
         });
}

/// What is out of bounds in `node`, or null.
const char* fault_of(const ListedNode& node) {
  if (node.role != Role::directory && node.role != Role::super_peer) {
    return "its role is neither directory nor super-peer";
  }
  if (!is_region(node.region)) {
    return "its region is not 1 to 16 of a-z, 0-9 and '-'";
  }
  if (node.control.empty() || !are_endpoints(node.control)) {
    return "it needs 1 to 4 good control endpoints";
  }
  if (!are_endpoints(node.data) || node.data.empty() == (node.role == Role::super_peer)) {
    return "a super-peer needs 1 to 4 good data endpoints, others have none";
  }
  if (node.issues_tickets && node.role != Role::directory) {
    return "only directories issue tickets";
  }
  return nullptr;
}

bool signed_by_a_root(const SignedBody& parts, const std::vector<SigningKey>& roots) {
  return std::any_of(roots.begin(), roots.end(), [&parts](const SigningKey& root) {
    return verify_in_domain(domain, parts.body, root, parts.signature);
  });
}

}  // namespace

NodeId ListedNode::id() const {
  return node_id_of(keys.signing);
}

const ListedNode* NodeList::find(const NodeId& id) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&id](const ListedNode& node) { return node.id() == id; });
  return found == nodes.end() ? nullptr : &*found;
}

Result<void> check_node_list(const NodeList& list) {
  if (list.nodes.empty() || list.nodes.size() > limits::nodes_max) {
    return out_of_bounds("a node list has 1 to 2048 nodes");
  }
  std::set<SigningKey> signing;
  std::set<ExchangeKey> exchange;
  for (const auto& node : list.nodes) {
    if (const auto* const fault = fault_of(node)) {
      return out_of_bounds("node " + to_text(node.id()) + ": " + fault);
    }
    if (!signing.insert(node.keys.signing).second || !exchange.insert(node.keys.exchange).second) {
      return out_of_bounds("node " + to_text(node.id()) + ": one of its keys is listed twice");
    }
  }
  if (encode_node_list(list).size() + signature_bytes > limits::node_list_bytes_max) {
    return out_of_bounds("the node list is longer than 512 KiB");
  }
  return {};
}

Bytes sign_node_list(const NodeList& list, const SecretKey& root_seed) {
  HEARTH_CHECK(check_node_list(list).ok());
  return with_signature(domain, encode_node_list(list), root_seed);
}

Result<NodeList> verify_node_list(BytesView signed_list, const std::vector<SigningKey>& roots,
                                  WallTime now) {
  const auto parts = split_signature(signed_list);
  if (!parts || signed_list.size() > limits::node_list_bytes_max) {
    return Error{ErrorCode::message_malformed, "the node list is too short or too long"};
  }
  if (!signed_by_a_root(*parts, roots)) {
    return Error{ErrorCode::identity_unknown, "the node list is not signed by a root key"};
  }
  auto list = decode_node_list(parts->body);
  if (!list) {
    return list;
  }
  if (const auto checked = check_node_list(list.value()); !checked) {
    return checked.error();
  }
  if (now > list.value().not_after) {
    return out_of_bounds("the node list is over");
  }
  return list;
}

}  // namespace hearth::seal
