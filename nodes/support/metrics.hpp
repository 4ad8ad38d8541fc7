#pragma once
// Numbers that a node shows at /metrics, in Prometheus' text format. Names begin with hearth_,
// counters end in _total, units are base units; labels have few values and never name an account,
// a device or an item.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace hearth {

/// Any thread. Outlives what it observes by calling `stop_observing` first.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  /// Takes a lock: for events that are counted singly, not for bytes.
  void count(const std::string& name, const Labels& labels = {}, std::uint64_t by = 1);
  void set_gauge(const std::string& name, const Labels& labels, double value);

  /// The help line of a family; without one its name is repeated.
  void describe(const std::string& name, const std::string& help);

  /// `refresh` is called before every reading, to take over numbers that are counted elsewhere.
  void observe(std::function<void(Metrics&)> refresh);
  /// Forgets all `refresh` functions; none runs when this has returned.
  void stop_observing();

  /// Sets a counter that is counted elsewhere. Precondition: it does not fall.
  void set_counter(const std::string& name, const Labels& labels, double value);

  [[nodiscard]] std::string text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearth
