#pragma once
/// Objects and lists of JSON, written member by member.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace sluice::services::sql {

/// Appends `"name":` and then whatever follows, with the commas between.
class ObjectText {
public:
    void text(std::string_view name, std::string_view value) { raw(name, json_string(value)); }
    void text_or_null(std::string_view name, const std::optional<std::string>& value) {
        raw(name, value ? json_string(*value) : "null");
    }
    void number(std::string_view name, const std::optional<int>& value) {
        raw(name, value ? std::to_string(*value) : "null");
    }
    void yes_no(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void null(std::string_view name) { raw(name, "null"); }
    void raw(std::string_view name, std::string_view json) {
        out_.push_back(out_.empty() ? '{' : ',');
        out_.append("\"").append(name).append("\":").append(json);
    }
    std::string take() { return out_.empty() ? "{}" : std::move(out_) + "}"; }

private:
    std::string out_;
};

/// `[a,b]` of JSON texts.
inline std::string list_of(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) {
        out.append(out.size() > 1 ? "," : "").append(item);
    }
    return out + "]";
}

}  // namespace sluice::services::sql
