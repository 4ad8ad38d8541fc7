#include "messages/base/nearest_key.hpp"

#include <algorithm>

namespace hearth {

std::string nearest_key(const std::string& wanted, const std::vector<std::string>& known) {
  const auto distance = [&wanted](const std::string& key) {
    std::vector<std::size_t> row(key.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) {
      row[j] = j;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      auto diagonal = row[0]++;
      for (std::size_t j = 0; j < key.size(); ++j) {
        const auto changed = diagonal + (wanted[i] == key[j] ? 0U : 1U);
        diagonal = row[j + 1];
        row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
      }
    }
    return row.back();
  };
  const auto nearest = std::min_element(
      known.begin(), known.end(),
      [&distance](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return nearest == known.end() ? std::string{} : *nearest;
}

}  // namespace hearth
