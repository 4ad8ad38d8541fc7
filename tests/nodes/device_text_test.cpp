// Devices as people name them and as commands print them.

#include "nodes/cli/account/device_text.hpp"

#include "messages/seal/identity.hpp"
#include "nodes/cli/account/revocation.hpp"
#include "tests/support/account_desk.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

namespace hearth::cli::account {
namespace {

using directory::Device;
using directory::DeviceKind;
using hearth::testing::identity_of;

const Device phone{identity_of(1).keys, DeviceKind::player, "phone"};
const Device attic{identity_of(2).keys, DeviceKind::home, "attic"};
const Device other_phone{identity_of(3).keys, DeviceKind::player, "phone"};

std::string id_text(const Device& device) {
  return to_text(seal::node_id_of(device.keys.signing));
}

ErrorCode outcome(const std::vector<Device>& devices, const std::string& text) {
  const auto found = find_device(devices, text);
  return found ? ErrorCode::none : found.error().code;
}

TEST(FindDevice, TakesANameOrTheBeginningOfAnId) {
  EXPECT_EQ(find_device({phone, attic}, "attic").value(), attic);
  EXPECT_EQ(find_device({phone, attic}, id_text(phone)).value(), phone);
  EXPECT_EQ(find_device({phone, attic}, id_text(phone).substr(0, 8)).value(), phone);
}

TEST(FindDevice, RefusesWhatIsNoneOrSeveral) {
  EXPECT_EQ(outcome({phone, attic}, "att"), ErrorCode::device_unknown);
  EXPECT_EQ(outcome({phone, attic}, id_text(phone).substr(0, 7)), ErrorCode::device_unknown);
  EXPECT_EQ(outcome({phone, other_phone}, "phone"), ErrorCode::value_invalid);
  EXPECT_EQ(outcome({phone, other_phone}, id_text(phone)), ErrorCode::none);
}

TEST(DeviceText, SaysWhichDeviceAsks) {
  const auto table = to_table({phone, attic}, seal::node_id_of(attic.keys.signing));
  EXPECT_EQ(table, id_text(phone).substr(0, 16) + "  player   phone\n" +
                       id_text(attic).substr(0, 16) + "  home     attic  (this one)\n");
}

TEST(DeviceText, TellsWhatHappened) {
  const auto owner = identity_of(2);
  hearth::testing::ChainBook book(owner);
  book.add(directory::DeviceEnrolled{phone}, owner)
      .recover(directory::DeviceRevoked{seal::node_id_of(phone.keys.signing)});
  const auto told = told_of(book.events());
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(event_text(told[1]), "enrolled " + id_text(phone).substr(0, 16) + " player phone  by " +
                                     id_text(attic).substr(0, 16));
  EXPECT_EQ(event_text(told[2]),
            "revoked  " + id_text(phone).substr(0, 16) + "  by the recovery key");
  EXPECT_NE(event_json(told[2]).find("\"by\":\"recovery key\""), std::string::npos);
}

TEST(DeviceText, LetsNoNameSteerATerminal) {
  auto evil = phone;
  evil.name = "a\x1b[2Jb";
  EXPECT_EQ(to_table({evil}, {}).find('\x1b'), std::string::npos);
}

TEST(RevocationText, IsConfirmedWhenEveryHomeHasConfirmed) {
  const Revocation heard{phone, {{attic, Hearing::confirmed}}};
  EXPECT_NE(to_json(heard).find("\"confirmed\":true"), std::string::npos);
  const Revocation unheard{phone, {{attic, Hearing::confirmed}, {attic, Hearing::offline}}};
  EXPECT_NE(to_json(unheard).find("\"confirmed\":false"), std::string::npos);
  EXPECT_NE(to_table(unheard).find("offline: hears of it"), std::string::npos);
}

}  // namespace
}  // namespace hearth::cli::account
