#include "messages/seal/key_words.hpp"

#include "messages/base/types.hpp"
#include "messages/seal/digest.hpp"

#include <array>
#include <initializer_list>
#include <string_view>

namespace hearth::seal {

namespace {

constexpr std::size_t words_shown = 6;

// For ever: another list would show other words for the same keys.
constexpr std::array<std::string_view, 256> words{
    "acorn",   "actor",   "adult",    "album",   "alley",   "amber",  "angle",  "ankle",
    "apple",   "april",   "apron",    "arrow",   "attic",   "autumn", "badge",  "baker",
    "banjo",   "barn",    "basin",    "beach",   "bean",    "bear",   "bell",   "bench",
    "berry",   "bird",    "blade",    "blanket", "boat",    "bone",   "book",   "boot",
    "bottle",  "bowl",    "brave",    "bread",   "brick",   "bridge", "broom",  "brush",
    "bucket",  "butter",  "button",   "cabin",   "cable",   "cake",   "camel",  "candle",
    "canoe",   "canyon",  "carbon",   "carpet",  "carrot",  "castle", "cattle", "cedar",
    "cellar",  "chain",   "chalk",    "cherry",  "chess",   "circle", "city",   "clay",
    "cliff",   "clock",   "cloud",    "clover",  "coast",   "cobra",  "coffee", "comet",
    "copper",  "coral",   "cotton",   "cousin",  "crane",   "cream",  "creek",  "crown",
    "cube",    "cup",     "dairy",    "dancer",  "desert",  "diary",  "dinner", "doctor",
    "dolphin", "donkey",  "door",     "dragon",  "dream",   "drum",   "duck",   "eagle",
    "earth",   "east",    "echo",     "eight",   "elbow",   "ember",  "engine", "evening",
    "fabric",  "falcon",  "family",   "farm",    "feather", "fence",  "ferry",  "fiddle",
    "field",   "finger",  "fire",     "fish",    "flame",   "flour",  "flute",  "forest",
    "fox",     "frost",   "garden",   "garlic",  "gate",    "ghost",  "giant",  "ginger",
    "glass",   "globe",   "glove",    "goat",    "gold",    "grape",  "grass",  "guitar",
    "hammer",  "harbor",  "harvest",  "hat",     "hawk",    "hazel",  "hero",   "hill",
    "honey",   "horse",   "hotel",    "ice",     "igloo",   "insect", "iron",   "island",
    "ivory",   "jacket",  "jelly",    "jewel",   "judge",   "juice",  "jungle", "kettle",
    "king",    "kitchen", "kite",     "ladder",  "lake",    "lamp",   "leaf",   "lemon",
    "letter",  "lily",    "lion",     "lizard",  "lobster", "lunch",  "magnet", "maple",
    "marble",  "market",  "meadow",   "melon",   "metal",   "milk",   "mirror", "monkey",
    "moon",    "moss",    "mountain", "mouse",   "museum",  "music",  "napkin", "needle",
    "nest",    "night",   "north",    "nurse",   "oak",     "ocean",  "olive",  "onion",
    "orange",  "orbit",   "otter",    "oven",    "owl",     "oyster", "paint",  "palace",
    "panda",   "paper",   "parrot",   "peach",   "pearl",   "pencil", "pepper", "piano",
    "pigeon",  "pillow",  "pilot",    "planet",  "plum",    "pocket", "pond",   "potato",
    "prince",  "pumpkin", "puppet",   "queen",   "rabbit",  "radio",  "rain",   "raven",
    "ribbon",  "river",   "robin",    "rocket",  "roof",    "rose",   "rubber", "saddle",
    "sailor",  "salad",   "salt",     "sand",    "scarf",   "school", "shadow", "sheep",
    "silver",  "spoon",   "tiger",    "violin",  "wagon",   "walnut", "window", "yogurt",
};

/// Of a digest of `purpose`, a zero byte and `body`.
std::string words_of(std::string_view purpose, std::initializer_list<BytesView> parts) {
  Bytes body(purpose.begin(), purpose.end());
  body.push_back(0);
  for (const auto& part : parts) {
    body.insert(body.end(), part.begin(), part.end());
  }
  std::array<std::uint8_t, 32> digest{};
  digest_into(digest, body);
  std::string text;
  for (std::size_t i = 0; i < words_shown; ++i) {
    text += (i == 0 ? "" : " ") + std::string(words.at(digest.at(i)));
  }
  return text;
}

}  // namespace

std::string key_words(const PublicKeys& keys) {
  return words_of("hearth key words 1", {keys.signing.view(), keys.exchange.view()});
}

std::string account_words(const AccountId& account) {
  return words_of("hearth account words 1", {account.view()});
}

}  // namespace hearth::seal
