#include "json_shape.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sluice::sandbox {

namespace {

/// Digits that every double keeps.
constexpr std::size_t kSafeDigits = 15;
/// Keys of one map that are compared one by one; a larger map counts as if a key could repeat.
constexpr std::size_t kMostKeys = 64;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Scan {
public:
    explicit Scan(std::string_view json) : json_(json) {}

    JsonShape run() {
        while (at_ < json_.size() && is_fine_) {
            step(json_[at_]);
        }
        return !is_fine_  ? JsonShape::Unknown
               : is_same_ ? JsonShape::Canonical
                          : JsonShape::Lossless;
    }

private:
    void step(char c) {
        if (c == '{' || c == '[') {
            open_.push_back({c == '{', keys_.size()});
            expects_key_ = c == '{';
            ++at_;
        } else if (c == '}' || c == ']') {
            if (!open_.empty()) {
                keys_.resize(open_.back().first_key);
                open_.pop_back();
            }
            expects_key_ = false;
            ++at_;
        } else if (c == ',') {
            expects_key_ = !open_.empty() && open_.back().is_map;
            ++at_;
        } else if (c == '"') {
            string();
        } else if (c == '-' || is_digit(c)) {
            numeral();
        } else {
            is_same_ = is_same_ && c > ' ';
            ++at_;
        }
    }

    void string() {
        const std::size_t start = ++at_;
        bool has_escape = false;
        while (at_ < json_.size() && json_[at_] != '"') {
            if (json_[at_] == '\\') {
                has_escape = true;
                ++at_;
                // \/ and \u.... may be written otherwise; the short escapes have one form.
                is_same_ = is_same_ && at_ < json_.size() && json_[at_] != '/' && json_[at_] != 'u';
            }
            ++at_;
        }
        const std::string_view key = json_.substr(start, std::min(at_, json_.size()) - start);
        ++at_;
        if (std::exchange(expects_key_, false)) {
            note_key(key, has_escape);
        }
    }

    void note_key(std::string_view key, bool has_escape) {
        const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_key);
        const bool is_integer = !key.empty() && std::all_of(key.begin(), key.end(), is_digit);
        if (is_integer || has_escape || std::find(first, keys_.end(), key) != keys_.end() ||
            keys_.end() - first >= static_cast<std::ptrdiff_t>(kMostKeys)) {
            is_fine_ = false;
        }
        keys_.push_back(key);
    }

    void numeral() {
        const std::size_t start = at_;
        bool has_point = false;
        while (at_ < json_.size() &&
               (is_digit(json_[at_]) || json_[at_] == '-' || json_[at_] == '.')) {
            has_point = has_point || json_[at_] == '.';
            ++at_;
        }
        const std::string_view raw = json_.substr(start, at_ - start);
        const bool has_exponent = at_ < json_.size() && (json_[at_] == 'e' || json_[at_] == 'E');
        // 0.0000001 is written as 1e-7, 1.50 as 1.5, -0 as 0.
        const bool is_reshaped = has_exponent || raw == "-0" || (has_point && raw.back() == '0') ||
                                 raw.starts_with("0.00000") || raw.starts_with("-0.00000");
        if (is_reshaped || raw.size() > kSafeDigits) {
            is_fine_ = false;
        }
    }

    struct Open {
        bool is_map;
        std::size_t first_key;
    };
    std::string_view json_;
    std::size_t at_ = 0;
    std::vector<Open> open_;
    std::vector<std::string_view> keys_;
    bool expects_key_ = false;
    bool is_fine_ = true;
    bool is_same_ = true;
};

}  // namespace

JsonShape shape_of(std::string_view json) {
    return Scan(json).run();
}

}  // namespace sluice::sandbox
