#include "messages/seal/recovery_key.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hearth::seal {
namespace {

using testing::secret_of;

TEST(RecoveryKey, IsTheGoldenOne) {
  const auto golden = testing::read_golden("seal/account_chain.hex").at("recovery_key_text");
  EXPECT_EQ(recovery_key_text(secret_of(3)), std::string(golden.begin(), golden.end()));
}

TEST(RecoveryKey, IsReadAsPeopleTypeIt) {
  const auto key = secret_of(0xA5);
  auto text = recovery_key_text(key);
  EXPECT_EQ(text.size(), 69U);
  EXPECT_EQ(read_recovery_key(text), key);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c == '-' ? ' ' : static_cast<char>(std::tolower(c)); });
  EXPECT_EQ(read_recovery_key("  " + text + "\r\n"), key);
}

TEST(RecoveryKey, AWrongLetterIsFound) {
  const auto text = recovery_key_text(secret_of(0xA5));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '-') {
      auto wrong = text;
      wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(read_recovery_key(wrong)) << i;
    }
  }
  EXPECT_FALSE(read_recovery_key(text + "A"));
  EXPECT_FALSE(read_recovery_key(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(read_recovery_key(""));
  EXPECT_FALSE(read_recovery_key("0" + text.substr(1)));
}

}  // namespace
}  // namespace hearth::seal
