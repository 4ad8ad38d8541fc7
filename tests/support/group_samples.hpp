#pragma once
// Values of what groups say to each other: message_samples.hpp.

#include "messages/directory/claim_messages.hpp"
#include "messages/directory/group_map.hpp"
#include "messages/directory/share_messages.hpp"
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

inline void fill(Filler& f, directory::SharedHome& to) {
  f.id(to.keys.signing);
  f.id(to.keys.exchange);
  f.number(to.expires_ms);
}

inline void fill(Filler& f, directory::ShareNews& to) {
  f.id(to.granter);
  f.text(to.name, limits::name_bytes_max);
  f.id(to.grantee);
  f.number(to.length);
  f.list(to.homes, limits::shares_per_account_max);
}

inline void fill(Filler& f, directory::NewsWritten& to) {
  fill(f, to.news);
}

inline void fill(Filler& f, directory::NewsTaken& to) {
  f.id(to.granter);
  f.id(to.grantee);
  f.number(to.length);
}

inline void fill(Filler& f, directory::NewsHeard& to) {
  fill(f, to.news);
}

}  // namespace hearth::test
