#pragma once
/// Answers of reads that are kept for a while, for services that ask for it.
/// Source: docs/reference/database-api.md "Caching".

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "services/sql/changes.h"
#include "services/sql/schema.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

/// Of one service on one shard. An answer is known by the statement that it was made of, values and
/// all: whose role, row filters or lookups make another statement never meets it.
class ReadCache {
public:
    using Clock = Changes::Clock;
    static constexpr std::size_t kMostBytes = 16UL * 1024 * 1024;

    ReadCache(std::chrono::seconds time, const Changes& changes, std::size_t most = kMostBytes)
        : time_(time), changes_(changes), most_(most) {}
    ReadCache(const ReadCache&) = delete;
    ReadCache& operator=(const ReadCache&) = delete;

    /// What is kept under `key` and was made of `table` as it is described now; null when nothing
    /// is, or it may be out of date. Good until the next call.
    const std::string* find(const std::string& key,
                            const TableRef& table,
                            Clock::time_point now = Clock::now());
    /// To be taken before the read whose answer is kept; null while nothing may be.
    std::optional<std::uint64_t> stamp(Clock::time_point now = Clock::now()) const;
    /// In place of what was kept under `key`. Answers that are large beside the whole are not kept.
    void keep(std::string key,
              const TableRef& table,
              std::uint64_t stamp,
              const std::string& answer,
              Clock::time_point now = Clock::now());

    /// Of all that is kept, with what keeping it takes.
    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return by_key_.size(); }

private:
    struct Entry {
        std::string key;
        std::string answer;
        TableRef table;
        std::uint64_t stamp;
        Clock::time_point until;
    };
    using Entries = std::list<Entry>;

    static std::size_t bytes_of(const Entry& entry);
    void drop(Entries::iterator entry);

    std::chrono::seconds time_;
    Changes changes_;
    std::size_t most_;
    std::size_t bytes_ = 0;
    /// The one that was used last comes first.
    Entries entries_;
    /// The keys are those of the entries.
    std::unordered_map<std::string_view, Entries::iterator> by_key_;
};

/// What tells one read from all others of the service: `sort` says what is made of the rows.
std::string read_key(char sort, const Statement& statement);

}  // namespace sluice::services::sql
