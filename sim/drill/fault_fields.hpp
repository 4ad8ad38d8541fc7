#pragma once
// The keys of each fault, once for all who need them: the parser, the writer, the test that
// compares them with docs/drills/format.md.

#include "sim/drill/faults.hpp"

#include <span>
#include <string_view>
#include <type_traits>

namespace hearth::drill {

/// Lowest and highest value; `required`: the default of the struct is none.
struct NumberRule {
  double least = 0;
  double most = 0;
  bool required = false;
};
struct DurationRule {
  Millis least{0};
  Millis most{0};
  bool required = false;
};
/// Roles that the fault can strike; empty: any.
using Roles = std::span<const Role>;

/// Is shown every field of a fault, and may change it.
class FieldVisitor {
 public:
  FieldVisitor() = default;
  FieldVisitor(const FieldVisitor&) = delete;
  FieldVisitor& operator=(const FieldVisitor&) = delete;
  virtual ~FieldVisitor() = default;

  /// The keys `nodes`, `role`, `region`, `count`, `percent` of the fault itself.
  virtual void nodes(NodeChoice& choice, Roles allowed) = 0;
  /// The keys `from`, `to`, `one_way`.
  virtual void links(LinkChoice& choice) = 0;
  /// A table or a word.
  virtual void part(std::string_view key, NodeChoice& choice, Roles allowed) = 0;
  virtual void region(std::string_view key, std::string& name) = 0;
  virtual void node(std::string_view key, std::string& name, Role role) = 0;
  virtual void number(std::string_view key, double& number, NumberRule rule) = 0;
  virtual void integer(std::string_view key, std::uint64_t& number, NumberRule rule) = 0;
  virtual void duration(std::string_view key, Millis& duration, DurationRule rule) = 0;
  virtual void flag(std::string_view key, bool& flag) = 0;
  virtual void word(std::string_view key, std::size_t& index,
                    std::span<const std::string_view> words, bool required) = 0;
  /// Names of message kinds.
  virtual void kinds(std::string_view key, std::vector<std::string>& kinds) = 0;
};

void visit_fields(FaultAction& action, FieldVisitor& visitor);

/// One of each sort, with defaults. In the order of the variant.
[[nodiscard]] const std::vector<FaultAction>& all_faults();

/// Names of all kinds of message.
[[nodiscard]] const std::vector<std::string>& names_of_kinds();

/// True where a fault without `for` is over at once: it leaves nothing that must be healed.
[[nodiscard]] bool is_momentary(const FaultAction& action);

}  // namespace hearth::drill
