#include "storage/rocks_status.hpp"

namespace hearth::storage {

namespace {

ErrorCode code_of(const rocksdb::Status& status) {
  if (status.IsNoSpace()) {
    return ErrorCode::disk_full;
  }
  return status.IsCorruption() ? ErrorCode::log_corrupt : ErrorCode::disk_failed;
}

}  // namespace

Error to_error(const rocksdb::Status& status, const std::string& what) {
  return {code_of(status), what + ": " + status.ToString()};
}

Result<void> to_result(const rocksdb::Status& status, const std::string& what) {
  if (!status.ok()) {
    return to_error(status, what);
  }
  return {};
}

}  // namespace hearth::storage
