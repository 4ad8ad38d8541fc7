#include "actors/directory/share_book.hpp"

#include "actors/directory/account_rows.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>

namespace hearth::directory {

namespace {

/// Records of the stream and rows of its projection are not the same: a row has news alone.
Bytes row_of(const ShareNews& news) {
  return encode(news);
}

Result<ShareNews> news_in(BytesView row) {
  auto news = decode<ShareNews>(row);
  return news ? std::move(news) : Error{ErrorCode::log_corrupt, "row of shares cannot be read"};
}

std::int64_t later_of(std::int64_t left, std::int64_t right) {
  return left == 0 || right == 0 ? 0 : std::max(left, right);
}

}  // namespace

ShareNews news_of(const chain::AccountChain& granter, const AccountId& grantee) {
  const auto& state = granter.state();
  ShareNews news{state.account, state.name, grantee, state.length, {}};
  for (const auto& share : granter.shares()) {
    if (share.granted.grantee != grantee) {
      continue;
    }
    const auto& keys = granter.find(share.granted.home)->keys;  // with a home its shares go
    const auto known = ranges::find(news.homes, keys, &SharedHome::keys);
    if (known == news.homes.end()) {
      news.homes.push_back({keys, share.granted.expires_ms});
    } else {
      known->expires_ms = later_of(known->expires_ms, share.granted.expires_ms);
    }
  }
  return news;
}

Result<std::vector<ShareNews>> read_heard(const storage::LogReader& log, const AccountId& grantee) {
  std::vector<ShareNews> heard;
  const auto take = [&](std::string_view, BytesView row) -> Result<void> {
    auto news = news_in(row);
    if (!news) {
      return news.error();
    }
    if (!news.value().homes.empty()) {
      heard.push_back(std::move(news.value()));
    }
    return {};
  };
  const auto visited = log.rows(ShareBook::stream, heard_news_key(grantee), take);
  return visited ? Result<std::vector<ShareNews>>(std::move(heard)) : visited.error();
}

Result<void> ShareBook::reset(const storage::LogReader& log) {
  log_ = &log;
  untold_.clear();
  pending_.clear();
  const auto last = log.last_sequence(stream);
  if (!last) {
    return last.error();
  }
  sequence_ = last.value();
  return log.rows(stream, {&untold_news_prefix, 1},
                  [this](std::string_view, BytesView row) -> Result<void> {
                    auto news = news_in(row);
                    if (!news) {
                      return news.error();
                    }
                    const Pair pair{news.value().granter, news.value().grantee};
                    untold_.insert_or_assign(pair, std::move(news.value()));
                    return {};
                  });
}

void ShareBook::write(ShareNews news, std::vector<storage::Append>& appends) {
  const Pair pair{news.granter, news.grantee};
  note(NewsWritten{news}, {untold_news_key(news.granter, news.grantee), row_of(news)}, appends);
  untold_.insert_or_assign(pair, std::move(news));
}

void ShareBook::taken(const ShareNews& news, std::vector<storage::Append>& appends) {
  const auto untold = untold_.find({news.granter, news.grantee});
  if (untold == untold_.end() || untold->second.length != news.length) {
    HEARTH_PROBE(true, "directory: news of shares are overtaken by newer ones");
    return;
  }
  untold_.erase(untold);
  note(NewsTaken{news.granter, news.grantee, news.length},
       {untold_news_key(news.granter, news.grantee), std::nullopt}, appends);
}

std::vector<ShareNews> ShareBook::untold() const {
  std::vector<ShareNews> all;
  for (const auto& [pair, news] : untold_) {
    all.push_back(news);
  }
  return all;
}

Result<std::uint64_t> ShareBook::heard_length(const ShareNews& news) const {
  const auto key = heard_news_key(news.grantee, news.granter);
  if (const auto pending = pending_.find(key); pending != pending_.end()) {
    return pending->second.length;
  }
  const auto row = log_->row(stream, key);
  if (!row || !row.value()) {
    return row ? Result<std::uint64_t>(0) : row.error();
  }
  const auto heard = news_in(*row.value());
  return heard ? Result<std::uint64_t>(heard.value().length) : heard.error();
}

Result<void> ShareBook::hear(const ShareNews& news, std::vector<storage::Append>& appends) {
  const auto known = heard_length(news);
  if (!known || news.length <= known.value()) {
    HEARTH_PROBE(known.ok(), "directory: news of shares come again, or late");
    return known ? Result<void>() : known.error();
  }
  if (known.value() == 0) {
    const auto heard = read_heard(*log_, news.grantee);
    if (!heard || heard.value().size() >= limits::granters_per_account_max) {
      return heard ? Result<void>() : heard.error();
    }
  }
  const auto key = heard_news_key(news.grantee, news.granter);
  note(NewsHeard{news}, {key, row_of(news)}, appends);
  pending_[key] = {news.length, sequence_};
  return {};
}

/// All that one input does to shares is one append.
void ShareBook::note(const ShareEvent& event, storage::Row row,
                     std::vector<storage::Append>& appends) {
  if (appends.empty() || appends.back().stream != stream) {
    appends.push_back({stream, 0, {}, {}, {}, 0});
  }
  ++sequence_;
  auto& append = appends.back();
  append.records.push_back(encode(event));
  append.rows.push_back(std::move(row));
}

void ShareBook::forget_durable() {
  const auto durable = log_->last_sequence(stream);
  if (durable) {  // a log that cannot be read stops the node where its answer is needed
    std::erase_if(pending_,
                  [&](const auto& each) { return each.second.written <= durable.value(); });
  }
}

}  // namespace hearth::directory
