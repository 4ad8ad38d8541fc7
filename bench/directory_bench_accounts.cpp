#include "bench/directory_bench_accounts.hpp"

#include <string>

namespace hearth::bench {

namespace {

constexpr std::size_t name_bytes = 78;  // which make an event of 256

}  // namespace

directory::ChainAction BenchAccount::next_action() const {
  using directory::DeviceKind;
  const auto name = to_text(owner_.id);
  switch (hashes_.size()) {
    case 0:
      return directory::AccountOpened{
          name, recovery_.keys.signing, {owner_.keys, DeviceKind::manager, "Owner"}};
    case 1: return directory::DeviceEnrolled{{home_.keys, DeviceKind::home, "Home"}};
    default: {
      auto longer = name + std::to_string(hashes_.size());
      longer.resize(name_bytes, '.');
      return directory::DeviceRenamed{owner_.id, std::move(longer)};
    }
  }
}

directory::AppendEvent BenchAccount::sign_next() {
  const directory::ChainEvent event{hashes_.size() + 1,
                                    hashes_.empty() ? directory::ChainHash{} : hashes_.back(),
                                    owner_.keys.signing, next_action()};
  auto made = directory::sign_event(event, owner_.signing_seed);
  hashes_.push_back(directory::hash_of(made));
  return {std::move(made), {}};
}

std::vector<Envelope> EventSource::sign(std::size_t count, const NodeId& from,
                                        const NodeId& directory) {
  kept_ = signed_;
  std::vector<Envelope> events;
  events.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& account = *accounts_[signed_++ % accounts_.size()];
    events.push_back(to_accounts(from, directory, account.sign_next()));
  }
  return events;
}

void EventSource::keep(std::size_t granted) {
  for (kept_ += granted; signed_ > kept_;) {
    accounts_[--signed_ % accounts_.size()]->forget_last();
  }
}

}  // namespace hearth::bench
