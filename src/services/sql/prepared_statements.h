#pragma once
/// The statements that one connection has prepared, by their text: all drivers keep them alike.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::services::sql {

/// `Handle` is what the driver knows one by; it goes away with its entry.
/// Threads: those of its connection.
template <typename Handle>
class PreparedStatements {
public:
    /// A page of a busy API uses a few dozen; each costs some kB here or in the server.
    static constexpr std::size_t kMost = 256;

    /// Longer ones are run and forgotten: a list of ids makes another text for each number of ids,
    /// and the database keeps some MB of the longest.
    static constexpr std::size_t kMostBytes = 4096;
    static constexpr std::size_t kMostValues = 100;

    static bool is_worth_keeping(std::string_view text, std::size_t values) {
        return text.size() <= kMostBytes && values <= kMostValues;
    }

    /// Null when there is none; else it counts as used now.
    Handle* find(const std::string& text) {
        const auto found = entries_.find(text);
        if (found == entries_.end()) {
            return nullptr;
        }
        found->second.last_use = ++uses_;
        return &found->second.handle;
    }

    /// Before another is added: the one that was used longest ago, when there is no room.
    std::optional<Handle> make_room() {
        if (entries_.size() < kMost) {
            return std::nullopt;
        }
        const auto oldest = std::ranges::min_element(
            entries_, {}, [](const auto& entry) { return entry.second.last_use; });
        std::optional<Handle> handle(std::move(oldest->second.handle));
        entries_.erase(oldest);
        return handle;
    }

    /// `text` must not be there yet.
    void add(const std::string& text, Handle handle) {
        entries_.emplace(text, Entry{std::move(handle), ++uses_});
    }
    void erase(const std::string& text) { entries_.erase(text); }
    void clear() { entries_.clear(); }

private:
    struct Entry {
        Handle handle;
        std::uint64_t last_use = 0;
    };
    std::unordered_map<std::string, Entry> entries_;
    std::uint64_t uses_ = 0;
};

}  // namespace sluice::services::sql
