#pragma once
// Fills the fields of samples: message_samples.hpp.

#include "messages/base/fixed_bytes.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/types.hpp"

#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace hearth::test {

/// Fills fields one after the other, each with another value. One per sample: a sample depends on
/// nothing but its type, because golden files are made of them.
class Filler {
 public:
  enum class Size { usual, largest };
  explicit Filler(Size size) : size_(size) {}

  [[nodiscard]] bool largest() const { return size_ == Size::largest; }

  template <class Id>
  void id(Id& to) {
    next_ = static_cast<std::uint8_t>(next_ + 1);
    to.bytes.fill(largest() ? 0xff : next_);
  }
  void text(std::string& to, std::size_t bytes_max) {
    const std::string wide = "\U0001f525";  // Four bytes: no bound may count characters.
    to = "Größe " + std::to_string(++next_);
    if (largest()) {
      to = std::string(bytes_max % wide.size(), 'x');
      while (to.size() < bytes_max) {
        to += wide;
      }
    }
  }
  void path(std::string& to) const {
    to = largest() ? std::string(limits::path_bytes_max, '\xff') : "not/\xfftext";
  }
  void bytes(Bytes& to, std::size_t bytes_max) { to.assign(largest() ? bytes_max : 100, ++next_); }
  template <class Number>
  void number(Number& to) {
    to = largest() ? std::numeric_limits<Number>::max() : static_cast<Number>(++next_);
  }
  /// `count_max` elements in the largest sample, else two.
  template <class T>
  void list(std::vector<T>& to, std::size_t count_max) {
    to.resize(largest() ? count_max : 2);
    for (auto& element : to) {
      fill(*this, element);
    }
  }

 private:
  Size size_;
  std::uint8_t next_ = 0;
};

template <class Tag, std::size_t Size>
void fill(Filler& f, FixedBytes<Tag, Size>& to) {
  f.id(to);
}

template <class Empty>
requires std::is_empty_v<Empty>
void fill(Filler&, Empty&) {}

}  // namespace hearth::test
