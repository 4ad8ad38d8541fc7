#pragma once
// One maker for each checker; each is a file of its own.

#include "sim/promises/checker.hpp"

#include <memory>

namespace hearth::sim {

[[nodiscard]] std::unique_ptr<Checker> durability_checker(Scene& scene);       ///< P1.
[[nodiscard]] std::unique_ptr<Checker> linearizability_checker(Scene& scene);  ///< P2.
[[nodiscard]] std::unique_ptr<Checker> ownership_checker(Scene& scene);        ///< P2.
[[nodiscard]] std::unique_ptr<Checker> admission_checker(Scene& scene);        ///< P3.
[[nodiscard]] std::unique_ptr<Checker> standing_checker(Scene& scene);         ///< P3.
[[nodiscard]] std::unique_ptr<Checker> blindness_checker(Scene& scene);        ///< P4.
[[nodiscard]] std::unique_ptr<Checker> content_checker(Scene& scene);          ///< P5.
[[nodiscard]] std::unique_ptr<Checker> recovery_checker(Scene& scene);         ///< P6.
[[nodiscard]] std::unique_ptr<Checker> metering_checker(Scene& scene);         ///< P9.
[[nodiscard]] std::unique_ptr<Checker> agreement_checker(Scene& scene);        ///< P10.
[[nodiscard]] std::unique_ptr<Checker> sharing_checker(Scene& scene);          ///< P13.
[[nodiscard]] std::unique_ptr<Checker> error_line_checker(Scene& scene);       ///< No errors.

}  // namespace hearth::sim
