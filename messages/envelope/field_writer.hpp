#pragma once
// Plain values as Cap'n Proto takes them. The readers borrow: use them within the expression.

#include "messages/base/fixed_bytes.hpp"
#include "messages/base/types.hpp"
#include "messages/envelope/field_reader.hpp"

#include <capnp/blob.h>
#include <capnp/list.h>

#include <string>
#include <vector>

namespace hearth {

inline capnp::Text::Reader text_of(const std::string& text) {
  return {text.c_str(), text.size()};
}

inline capnp::Data::Reader data_of(BytesView bytes) {
  return {bytes.data(), bytes.size()};
}

template <class Tag, std::size_t Size>
capnp::Data::Reader data_of(const FixedBytes<Tag, Size>& id) {
  return data_of(id.view());
}

/// A path, which is bytes and not text.
inline capnp::Data::Reader data_of(const std::string& path) {
  return {reinterpret_cast<const kj::byte*>(path.data()), path.size()};
}

template <class T>
unsigned count_of(const std::vector<T>& list) {
  return static_cast<unsigned>(list.size());
}

template <class T>
void write_list(typename capnp::List<typename Codec<T>::Wire>::Builder to,
                const std::vector<T>& from) {
  for (unsigned i = 0; i < to.size(); ++i) {
    Codec<T>::write(to[i], from[i]);
  }
}

template <class Id>
void write_ids(capnp::List<capnp::Data>::Builder to, const std::vector<Id>& from) {
  for (unsigned i = 0; i < to.size(); ++i) {
    to.set(i, data_of(from[i]));
  }
}

}  // namespace hearth
