#include "services/sql/read_cache.h"

namespace sluice::services::sql {
namespace {

/// Of the list, the index and the allocations, about.
constexpr std::size_t kEntryBytes = 256;
/// One answer may take this part of the whole.
constexpr std::size_t kParts = 8;

void append_part(std::string& key, char form, std::string_view text) {
    key.push_back(form);
    key.append(std::to_string(text.size())).push_back(':');
    key.append(text);
}

struct AppendValue {
    std::string& key;

    void operator()(const Null&) const { key.push_back('n'); }
    void operator()(bool value) const { key.append(value ? "b1" : "b0"); }
    void operator()(std::int64_t value) const { append_part(key, 'i', std::to_string(value)); }
    void operator()(const Number& value) const { append_part(key, 'd', value.text); }
    void operator()(const std::string& value) const { append_part(key, 't', value); }
    void operator()(const Bytes& value) const { append_part(key, 'x', value.bytes); }
    void operator()(const Constant& value) const { append_part(key, 'c', value.sql); }
};

}  // namespace

const std::string* ReadCache::find(const std::string& key,
                                   const TableRef& table,
                                   Clock::time_point now) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || changes_.is_in_doubt(now)) {
        return nullptr;
    }
    const auto entry = found->second;
    if (entry->stamp != changes_.count() || entry->table != table || entry->until <= now) {
        drop(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return &entry->answer;
}

std::optional<std::uint64_t> ReadCache::stamp(Clock::time_point now) const {
    const std::uint64_t count = changes_.count();
    return changes_.is_in_doubt(now) ? std::nullopt : std::optional(count);
}

void ReadCache::keep(std::string key,
                     const TableRef& table,
                     std::uint64_t stamp,
                     const std::string& answer,
                     Clock::time_point now) {
    const std::uint64_t count = changes_.count();
    if (!entries_.empty() && entries_.front().stamp != count) {
        // Nothing that was kept before a change is of use, and it holds what tables were like.
        by_key_.clear();
        entries_.clear();
        bytes_ = 0;
    }
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        drop(found->second);
    }
    Entry entry{std::move(key), answer, table, stamp, now + time_};
    const std::size_t bytes = bytes_of(entry);
    if (bytes > most_ / kParts || stamp != count || changes_.is_in_doubt(now)) {
        return;
    }
    while (bytes_ + bytes > most_) {
        drop(std::prev(entries_.end()));
    }
    entries_.push_front(std::move(entry));
    by_key_.emplace(entries_.front().key, entries_.begin());
    bytes_ += bytes;
}

std::size_t ReadCache::bytes_of(const Entry& entry) {
    return entry.key.size() + entry.answer.size() + kEntryBytes;
}

void ReadCache::drop(Entries::iterator entry) {
    bytes_ -= bytes_of(*entry);
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

std::string read_key(char sort, const Statement& statement) {
    std::string key;
    key.reserve(statement.text.size() + 16 * statement.values.size() + 16);
    key.push_back(sort);
    append_part(key, 's', statement.text);
    for (const Value& value : statement.values) {
        std::visit(AppendValue{key}, value);
    }
    return key;
}

}  // namespace sluice::services::sql
