#pragma once
// What a media URL carries instead of a token: leave to read one part of one item for 12 h, so that
// any player can use it. The same within an hour, so that URLs can be compared and cached.

#include "messages/base/ids.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/seal/identity.hpp"

#include <string>
#include <string_view>

namespace hearth::gateway {

/// What a capability opens.
struct MediaName {
  NodeId home;
  ItemId item;
  home::StreamPart part = home::StreamPart::media;
};

class Capabilities {
 public:
  explicit Capabilities(const seal::SecretKey& secret) : secret_(secret) {}

  /// Hexadecimal digits: end of validity, HMAC.
  [[nodiscard]] std::string make(const MediaName& name, WallTime now) const;
  [[nodiscard]] bool opens(std::string_view capability, const MediaName& name, WallTime now) const;

 private:
  seal::SecretKey secret_;
};

}  // namespace hearth::gateway
