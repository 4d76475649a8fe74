#pragma once
/// Which statements are known to be quick, and may therefore share a connection with others.

#include <chrono>
#include <string>
#include <string_view>

#include "store/snapshot.h"

namespace sluice::services::sql {

/// A score per statement text: it starts as slow, a quick run lowers it, a slow one raises it.
/// Threads: one shard.
class StatementSpeed {
public:
    bool is_quick(std::string_view text) const {
        const auto found = scores_.find(text);
        return found != scores_.end() && found->second < kSlow;
    }

    void ran(std::string_view text, std::chrono::microseconds took) {
        int& score = score_of(text);
        if (took <= kQuickTime) {
            score = score > 0 ? score - 1 : 0;
        } else {
            score = std::min(score + (took > kHeavyTime ? kSlow : 1), kMost);
        }
    }

    /// It was stopped for taking too long in company.
    void overran(std::string_view text) { score_of(text) = kMost; }

private:
    /// Beyond this a statement delays the others of its connection noticeably.
    static constexpr std::chrono::microseconds kQuickTime{2000};
    /// No hiccup of a busy machine any more.
    static constexpr std::chrono::microseconds kHeavyTime{20'000};
    static constexpr int kSlow = 4;
    static constexpr int kMost = 8;
    static constexpr std::size_t kMaxStatements = 4096;

    int& score_of(std::string_view text) {
        const auto found = scores_.find(text);
        if (found != scores_.end()) {
            return found->second;
        }
        if (scores_.size() >= kMaxStatements) {
            scores_.clear();
        }
        return scores_.emplace(std::string(text), kSlow).first->second;
    }

    store::TextMap<int> scores_;
};

}  // namespace sluice::services::sql
