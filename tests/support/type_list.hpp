#pragma once

#include <type_traits>

namespace hearth::test {

template <class... Types>
struct TypeList {};

/// Calls `use(std::type_identity<Type>{})` for each type in order.
template <class... Types, class Use>
void for_each(TypeList<Types...>, Use use) {
  (use(std::type_identity<Types>{}), ...);
}

}  // namespace hearth::test
