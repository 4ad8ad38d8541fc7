#pragma once

#include "messages/base/result.hpp"

#include <rocksdb/status.h>

#include <string>

namespace hearth::storage {

/// What a status that is not ok means to a log: `disk_full`, `disk_failed` or `log_corrupt`.
/// `what` is what did not work.
[[nodiscard]] Error to_error(const rocksdb::Status& status, const std::string& what);

[[nodiscard]] Result<void> to_result(const rocksdb::Status& status, const std::string& what);

}  // namespace hearth::storage
