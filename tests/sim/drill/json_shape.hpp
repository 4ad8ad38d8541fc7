#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace hearth::drill {

/// What of `value` is not as `schema` says, one line each. Knows the part of JSON Schema that
/// docs/drills/report.schema.json uses: type, enum, const, pattern, properties, required,
/// additionalProperties, items, minItems, minimum, $ref into $defs.
[[nodiscard]] std::vector<std::string> schema_errors(const nlohmann::json& value,
                                                     const nlohmann::json& schema);

}  // namespace hearth::drill
