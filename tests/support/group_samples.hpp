#pragma once
// Values of what groups say to each other: message_samples.hpp.

#include "messages/directory/claim_messages.hpp"
#include "messages/directory/group_map.hpp"
#include "tests/support/filler.hpp"

namespace hearth::test {

inline void fill(Filler& f, directory::GroupMap& to) {
  f.number(to.version);
  to.runs.clear();
  const std::size_t runs = f.largest() ? directory::buckets : 2;
  for (std::size_t i = 0; i < runs; ++i) {
    to.runs.push_back({static_cast<directory::Bucket>(i), GroupId{i % 2 == 0 ? 3U : 1023U}});
  }
}

inline void fill(Filler& f, directory::WrongGroup& to) {
  fill(f, to.map);
}

inline void fill(Filler& f, directory::ClaimKey& to) {
  to.kind = directory::ClaimKind::device;
  f.id(to.id);
}

inline void fill(Filler& f, directory::Claim& to) {
  fill(f, to.key);
  f.id(to.account);
  f.id(to.by);
  f.number(to.number);
  to.holds = true;
}

inline void fill(Filler& f, directory::ReserveClaim& to) {
  fill(f, to.claim);
}

inline void fill(Filler& f, directory::FindClaim& to) {
  fill(f, to.key);
}

inline void fill(Filler& f, directory::ClaimShown& to) {
  fill(f, to.claim.emplace());
}

inline void fill(Filler& f, directory::EndClaim& to) {
  fill(f, to.key);
  f.number(to.number);
  to.holds = true;
}

inline void fill(Filler& f, directory::SettleClaim& to) {
  fill(f, to.key);
  f.id(to.account);
  f.number(to.number);
}

inline void fill(Filler&, directory::ClaimSettled& to) {
  to.holds = true;
}

inline void fill(Filler& f, directory::MayGoOn& to) {
  f.id(to.account);
}

inline void fill(Filler& f, directory::ClaimRefused& to) {
  fill(f, to.key);
  f.id(to.account);
  f.number(to.number);
}

}  // namespace hearth::test
