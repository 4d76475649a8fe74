#include "script/json_shape.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace sluice::script {
namespace {

/// Digits that every double keeps.
constexpr std::size_t kSafeDigits = 15;
/// Keys of one map that are compared one by one; a larger map counts as if a key could repeat.
constexpr std::size_t kMostKeys = 64;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The keys of the map that is open, and those of the map that was closed last: rows of a table
/// have the same keys in the same order, and what was checked once need not be checked again.
class Keys {
public:
    std::size_t size() const { return open_.size(); }

    void begin_map() {
        first_ = open_.size();
        follows_ = !model_.empty();
    }

    void end_map(std::size_t first) {
        if (!(follows_ && first == first_ && open_.size() - first == model_.size())) {
            model_.assign(open_.begin() + static_cast<std::ptrdiff_t>(first), open_.end());
        }
        open_.resize(first);
        follows_ = false;
    }

    /// False for a key that JavaScript would move, or may have seen in this map.
    bool add(std::string_view key, std::size_t first) {
        const std::size_t index = open_.size() - first;
        follows_ = follows_ && first == first_ && index < model_.size() && model_[index] == key;
        const bool is_fine = follows_ || is_new(key, first);
        open_.push_back(key);
        return is_fine;
    }

private:
    bool is_new(std::string_view key, std::size_t first) const {
        const auto begin = open_.begin() + static_cast<std::ptrdiff_t>(first);
        const bool is_integer = !key.empty() && std::ranges::all_of(key, is_digit);
        return !is_integer && open_.size() - first < kMostKeys &&
               std::find(begin, open_.end(), key) == open_.end();
    }

    std::vector<std::string_view> open_;
    std::vector<std::string_view> model_;
    std::size_t first_ = 0;
    bool follows_ = false;
};

class Scan {
public:
    explicit Scan(std::string_view json)
        : json_(json), has_escapes_(json.find('\\') != std::string_view::npos) {}

    JsonShape run() {
        while (at_ < json_.size() && is_fine_) {
            step(json_[at_]);
        }
        return !is_fine_  ? JsonShape::Unknown
               : is_same_ ? JsonShape::Canonical
                          : JsonShape::Lossless;
    }

private:
    struct Open {
        bool is_map;
        std::size_t first_key;
    };

    void step(char c) {
        if (c == '"') {
            string();
        } else if (c == ',') {
            expects_key_ = !open_.empty() && open_.back().is_map;
            ++at_;
        } else if (c == '-' || is_digit(c)) {
            numeral();
        } else if (c == '{' || c == '[') {
            open(c == '{');
        } else if (c == '}' || c == ']') {
            close();
        } else {
            is_same_ = is_same_ && c > ' ';
            ++at_;
        }
    }

    void open(bool is_map) {
        open_.push_back({is_map, keys_.size()});
        expects_key_ = is_map;
        if (is_map) {
            keys_.begin_map();
        }
        ++at_;
    }

    void close() {
        if (!open_.empty()) {
            if (open_.back().is_map) {
                keys_.end_map(open_.back().first_key);
            }
            open_.pop_back();
        }
        expects_key_ = false;
        ++at_;
    }

    void string() {
        const std::size_t start = ++at_;
        const bool has_escape = has_escapes_ ? skip_escaped() : skip_plain();
        const std::string_view text = json_.substr(start, std::min(at_, json_.size()) - start);
        ++at_;
        if (std::exchange(expects_key_, false)) {
            is_fine_ = !has_escape && keys_.add(text, open_.back().first_key);
        }
    }

    bool skip_plain() {
        at_ = std::min(json_.find('"', at_), json_.size());
        return false;
    }

    /// True when there was an escape.
    bool skip_escaped() {
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
        return has_escape;
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

    std::string_view json_;
    bool has_escapes_;
    std::size_t at_ = 0;
    std::vector<Open> open_;
    Keys keys_;
    bool expects_key_ = false;
    bool is_fine_ = true;
    bool is_same_ = true;
};

}  // namespace

JsonShape shape_of(std::string_view json) {
    return Scan(json).run();
}

}  // namespace sluice::script
