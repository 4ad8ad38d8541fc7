// The part of the driver that is about what is between machines.

#include "sim/run/sim_driver.hpp"

#include <algorithm>

namespace hearth::sim {

namespace {

constexpr double packets_lost_to_cut = 1;

bool is_everywhere(const drill::LinkChoice& choice) {
  return choice.from.empty() && choice.to.empty();
}

void tamper_with(Bytes& chunk, drill::Tampering how, Random& random, Bytes& last) {
  switch (how) {
    case drill::Tampering::flip:
      chunk[random.below(chunk.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
      break;
    case drill::Tampering::truncate: chunk.resize(random.below(chunk.size()) + 1); break;
    case drill::Tampering::replay: chunk.insert(chunk.end(), last.begin(), last.end()); break;
    case drill::Tampering::reorder: std::reverse(chunk.begin(), chunk.end()); break;
  }
}

}  // namespace

SimDriver::Hosts SimDriver::hosts_of(const Nodes& nodes) const {
  std::set<HostId> hosts;
  for (const auto* node : nodes) {
    hosts.insert(node->host());
  }
  return [hosts](HostId host) { return hosts.count(host) != 0; };
}

std::pair<SimDriver::Hosts, SimDriver::Hosts> SimDriver::ends_of(const drill::LinkChoice& choice) {
  if (is_everywhere(choice)) {
    const auto any = [](HostId) { return true; };
    return {any, any};
  }
  const auto from = hosts_of(chosen(choice.from));
  if (choice.to.empty()) {
    return {from, [from](HostId host) { return !from(host); }};
  }
  return {from, hosts_of(chosen(choice.to))};
}

void SimDriver::on_links(const drill::LinkChoice& choice, const std::function<void(Way&)>& change,
                         Undo& undo) {
  auto& routes = world_.network().routes();
  const auto [from, to] = ends_of(choice);
  std::vector<WayFaultId> faults{routes.add({from, to, change})};
  if (!choice.one_way && !is_everywhere(choice)) {
    faults.push_back(routes.add({to, from, change}));
  }
  world_.network().routes_changed();
  undo.push_back([this, faults] {
    for (const auto fault : faults) {
      world_.network().routes().remove(fault);
    }
    world_.network().routes_changed();
  });
}

void SimDriver::on(const drill::PartitionLinks& fault, Undo& undo) {
  on_links(
      fault.links, [](Way& way) { way.blocked = true; }, undo);
}

void SimDriver::on(const drill::DelayLinks& fault, Undo& undo) {
  on_links(
      fault.links,
      [fault](Way& way) {
        way.latency += fault.add;
        way.jitter += fault.jitter;
      },
      undo);
}

void SimDriver::on(const drill::LoseFrames& fault, Undo& undo) {
  on_links(
      fault.links,
      [fault](Way& way) {
        way.loss = std::max(way.loss, fault.ratio);
        way.blocked = way.blocked || fault.ratio >= packets_lost_to_cut;
      },
      undo);
}

void SimDriver::on(const drill::DuplicateFrames& fault, Undo& undo) {
  on_links(
      fault.links, [fault](Way& way) { way.duplicates = fault.ratio; }, undo);
}

void SimDriver::on(const drill::ReorderFrames& fault, Undo& undo) {
  on_links(
      fault.links,
      [fault](Way& way) {
        way.reordered = fault.ratio;
        way.reordering = fault.within;
      },
      undo);
}

void SimDriver::on(const drill::LimitBandwidth& fault, Undo& undo) {
  on_links(
      fault.links,
      [fault](Way& way) { way.bytes_per_ns = std::min(way.bytes_per_ns, fault.rate_mbit / 8000); },
      undo);
}

void SimDriver::on(const drill::ClogLinks& fault, Undo& undo) {
  if (!fault.swizzle) {
    on_links(
        fault.links, [](Way& way) { way.blocked = true; }, undo);
    return;
  }
  // Clogged at drawn moments of the first half, freed at drawn ones of the second.
  const auto half = static_cast<std::uint64_t>(std::max<std::int64_t>(lasts_.count() / 2, 1));
  for (const auto* node : chosen(fault.links.from)) {
    auto links = fault.links;
    links.from = {};
    links.from.names = {node->name()};
    const auto clogged = std::make_shared<Undo>();
    const auto free = [clogged] {
      for (const auto& each : std::exchange(*clogged, {})) {
        each();
      }
    };
    world_.engine().befall(Millis(random_.below(half)), [this, links, clogged] {
      on_links(
          links, [](Way& way) { way.blocked = true; }, *clogged);
    });
    world_.engine().befall(Millis(half + random_.below(half)), free);
    undo.push_back(free);
  }
}

void SimDriver::on(const drill::FilterMessages& fault, Undo& undo) {
  auto& filters = world_.filters();
  const auto [from, to] = ends_of(fault.links);
  const auto by_id = [this](const Hosts& hosts) {
    return [&world = world_, hosts](const NodeId& id) {
      const auto* node = world.find(id);
      return node != nullptr && hosts(node->host());
    };
  };
  std::vector<std::uint64_t> added{filters.add({by_id(from), by_id(to), fault.kinds})};
  if (!fault.links.one_way && !is_everywhere(fault.links)) {
    added.push_back(filters.add({by_id(to), by_id(from), fault.kinds}));
  }
  undo.push_back([&filters, added] {
    for (const auto id : added) {
      filters.remove(id);
    }
  });
}

void SimDriver::on(const drill::HalfOpenLinks& fault, Undo&) {
  const auto near = chosen(fault.links.from);
  for (const auto* from : near) {
    for (const auto& to : world_.nodes()) {
      const auto far = drill::candidates(fault.links.to, world_.topology());
      const bool is_far = std::any_of(far.begin(), far.end(),
                                      [&](const auto& each) { return each.name == to->name(); });
      if (is_far && to.get() != from) {
        world_.network().half_open(from->host(), to->host());
      }
    }
  }
}

void SimDriver::on(const drill::RebindNat& fault, Undo&) {
  for (const auto* node : chosen(fault.nodes)) {
    world_.network().rebind(node->host());
  }
}

void SimDriver::on(const drill::TamperSplice& fault, Undo& undo) {
  for (auto* node : chosen(fault.nodes)) {
    if (node->relay() == nullptr) {
      continue;
    }
    auto chance = std::make_shared<Random>(random_.fork(node->name()));
    auto last = std::make_shared<Bytes>();
    node->relay()->meddle = [fault, chance, last](Bytes& chunk) {
      const auto whole = chunk;
      if (chance->chance(fault.ratio)) {
        tamper_with(chunk, fault.how, *chance, *last);
      }
      *last = whole;
    };
    undo.push_back([node] {
      if (node->relay() != nullptr) {
        node->relay()->meddle = nullptr;
      }
    });
  }
}

}  // namespace hearth::sim
