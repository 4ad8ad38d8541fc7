#pragma once
// Messages of some kinds that get lost between some nodes. No network does that to one message of a
// connection, but what ends one, or a mistake at either end, may.

#include "messages/base/ids.hpp"
#include "messages/envelope/codec.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace hearth::sim {

/// One thread.
class MessageFilters final {
 public:
  struct Filter {
    std::function<bool(const NodeId&)> from;
    std::function<bool(const NodeId&)> to;
    std::vector<std::string> kinds;  ///< `name_of(MessageKind)`.
  };

  [[nodiscard]] std::uint64_t add(Filter filter);
  void remove(std::uint64_t id) { filters_.erase(id); }

  /// Whether `envelope` is lost on its way.
  [[nodiscard]] bool drops(const NodeId& from, const NodeId& to, const Envelope& envelope) const;

 private:
  std::map<std::uint64_t, Filter> filters_;
  std::uint64_t id_last_ = 0;
};

}  // namespace hearth::sim
