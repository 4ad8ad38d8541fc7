#pragma once
// The home's library: its catalogue with the pages over it, the scan that goes on, and where the
// bytes of an item are. Part of the home machine; pure.

#include "actors/home/catalogue_index.hpp"
#include "actors/home/catalogue_machine.hpp"
#include "actors/home/folder_ids.hpp"
#include "actors/home/home_ports.hpp"
#include "actors/runtime/step.hpp"
#include "messages/envelope/header.hpp"
#include "messages/seal/identity.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::home {

using HomeEffects = Effects<HomeCommand>;

struct LibraryLimits {
  /// So many events after the last snapshot, a finished run writes a new one and trims the log.
  std::uint64_t snapshot_after = 20'000;
  /// A library whose snapshot would be larger gets none: its log grows, and a start replays all of
  /// it.
  std::size_t snapshot_bytes_max = CatalogueSnapshot::encoded_bytes_max;
};

class LibraryMachine {
 public:
  static constexpr storage::StreamId stream{1};

  LibraryMachine(std::string home_name, std::vector<std::string> media_folders,
                 const seal::SecretKey& folder_key, LibraryLimits limits = {});

  /// Errors: those of the log and of the codecs.
  [[nodiscard]] Result<void> recover(const storage::LogReader& log);

  /// Starts a run, or another one after that which goes on: it may be past what changed since.
  void start_scan(HomeEffects& effects);
  void take(const ScanBatch& batch, WallTime now, HomeEffects& effects);
  void take(const ScanFinished& finished, HomeEffects& effects);

  /// What the library knows of it: the account is another's.
  [[nodiscard]] HomeDescribed describe() const;

  /// What shares of these folders show now.
  [[nodiscard]] LibraryScope scope_of(const std::vector<FolderId>& folders) const {
    return folders_.scope_of(folders);
  }

  /// Answers a client's question about the library, of which it sees `scope`. Who does not see all
  /// may look for items and nothing else.
  /// Errors: those that home_messages.hpp names at each; `message_malformed`, `not_allowed`.
  [[nodiscard]] Result<Envelope> answer(const Header& header, const Envelope& question,
                                        const LibraryScope& scope, HomeEffects& effects);

  struct Found {
    StreamHeader header;  ///< `error` set where the request cannot be served.
    StreamSource source;
  };
  [[nodiscard]] Found find(const StreamRequest& request, const LibraryScope& scope) const;

 private:
  void begin_run(HomeEffects& effects);
  [[nodiscard]] ScanShown shown() const;
  void append(const std::vector<CatalogueEvent>& events, HomeEffects& effects);
  void take_problems(const ScanFinished& finished);
  void write_snapshot(HomeEffects& effects);
  [[nodiscard]] static Found find_art(const CatalogueEntry& entry, const Item& shown,
                                      const StreamRequest& request);
  [[nodiscard]] Result<FolderFound> find_folder(const FindFolder& query) const;
  [[nodiscard]] Result<ItemId> walk(std::string_view path) const;
  [[nodiscard]] std::string path_of(const CatalogueEntry& entry) const;

  std::string home_name_;
  LibraryLimits limits_;
  CatalogueMachine catalogue_;
  CatalogueIndex index_;
  FolderIds folders_;
  ScanShown scan_;      ///< The run that goes on, and the results of the last one that ended.
  ScanShown counts_;    ///< Since a run began that nobody had waited for.
  bool again_ = false;  ///< Another run is asked for.
  std::uint64_t sequence_ = 0;
  std::uint64_t snapshot_at_ = 0;
  std::uint64_t snapshot_tried_at_ = 0;  ///< That one may have been too large.
};

}  // namespace hearth::home
