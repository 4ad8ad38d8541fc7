#include "nodes/support/metrics.hpp"

#include <mutex>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <utility>
#include <vector>

namespace hearth {
namespace {

struct Family {
  prometheus::MetricType type = prometheus::MetricType::Counter;
  std::map<Metrics::Labels, double> values;
};

prometheus::MetricFamily exported(const std::string& name, const std::string& help,
                                  const Family& family) {
  prometheus::MetricFamily out;
  out.name = name;
  out.help = help;
  out.type = family.type;
  for (const auto& [labels, value] : family.values) {
    prometheus::ClientMetric metric;
    for (const auto& [key, text] : labels) {
      metric.label.push_back({key, text});
    }
    metric.counter.value = value;
    metric.gauge.value = value;
    out.metric.push_back(std::move(metric));
  }
  return out;
}

}  // namespace

struct Metrics::State {
  std::mutex mutex;
  std::map<std::string, Family> families;
  std::map<std::string, std::string> helps;
  /// Its own lock, because the functions under it call back into `Metrics`.
  std::mutex observers_mutex;
  std::vector<std::function<void(Metrics&)>> observers;

  double& value(const std::string& name, const Labels& labels, prometheus::MetricType type) {
    auto& family = families[name];
    family.type = type;
    return family.values[labels];
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::count(const std::string& name, const Labels& labels, std::uint64_t by) {
  const std::lock_guard lock(state_->mutex);
  state_->value(name, labels, prometheus::MetricType::Counter) += static_cast<double>(by);
}

void Metrics::set_counter(const std::string& name, const Labels& labels, double value) {
  const std::lock_guard lock(state_->mutex);
  state_->value(name, labels, prometheus::MetricType::Counter) = value;
}

void Metrics::set_gauge(const std::string& name, const Labels& labels, double value) {
  const std::lock_guard lock(state_->mutex);
  state_->value(name, labels, prometheus::MetricType::Gauge) = value;
}

void Metrics::describe(const std::string& name, const std::string& help) {
  const std::lock_guard lock(state_->mutex);
  state_->helps[name] = help;
}

void Metrics::observe(std::function<void(Metrics&)> refresh) {
  const std::lock_guard lock(state_->observers_mutex);
  state_->observers.push_back(std::move(refresh));
}

void Metrics::stop_observing() {
  const std::lock_guard lock(state_->observers_mutex);
  state_->observers.clear();
}

std::string Metrics::text() {
  {
    const std::lock_guard lock(state_->observers_mutex);
    for (const auto& refresh : state_->observers) {
      refresh(*this);
    }
  }
  std::vector<prometheus::MetricFamily> families;
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [name, family] : state_->families) {
      const auto help = state_->helps.find(name);
      families.push_back(exported(name, help == state_->helps.end() ? name : help->second, family));
    }
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace hearth
