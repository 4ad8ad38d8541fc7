#pragma once
// Who is around a directory in tests of its machine.

#include "actors/directory/directory_machine.hpp"
#include "tests/support/identities.hpp"

namespace hearth::directory::testing {

inline const auto directory_keys = hearth::testing::identity_of(1);
inline const auto owner = hearth::testing::identity_of(2);
inline const auto home = hearth::testing::identity_of(3);
inline const auto other_directory = hearth::testing::identity_of(7);

inline const LeadershipChanged leads{1, true, directory_keys.id};
inline const LeadershipChanged follows{2, false, other_directory.id};

[[nodiscard]] inline Device device(const seal::Identity& who, DeviceKind kind, const char* name) {
  return {who.keys, kind, name};
}

}  // namespace hearth::directory::testing
