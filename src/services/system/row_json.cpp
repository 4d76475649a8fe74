#include "services/system/row_json.h"

#include <algorithm>
#include <charconv>

namespace sluice::services::system {
namespace {

tl::unexpected<Error> must_be(std::string_view name, std::string_view what) {
    return fail(ErrorKind::BadRequest,
                "Field '" + std::string(name) + "' must be " + std::string(what) + ".");
}

json::value id_or_null(const std::optional<store::Id>& id) {
    return id ? json::value(*id) : json::value(nullptr);
}

}  // namespace

const FieldRule& rule_of(std::span<const FieldRule> rules, std::string_view name) {
    static constexpr FieldRule kDefault{};
    const auto found = std::ranges::find(rules, name, &FieldRule::name);
    return found == rules.end() ? kDefault : *found;
}

json::value json_of_cell(const store::Value& cell, store::Form form) {
    if (const auto* text = std::get_if<std::string>(&cell)) {
        if (form != store::Form::Json) {
            return json::value(*text);
        }
        // What stands there was JSON when it was stored.
        auto parsed = parse_json(*text);
        return parsed ? std::move(*parsed) : json::value(json::object());
    }
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        return *number;
    }
    if (const auto* flag = std::get_if<bool>(&cell)) {
        return *flag;
    }
    return nullptr;
}

Result<std::string> read_text(const json::value& value, const FieldRule& rule) {
    if (value.is_null()) {
        return std::string();
    }
    if (!value.is_string()) {
        return must_be(rule.name, "a text");
    }
    const json::string& text = value.get_string();
    if (text.size() > rule.max_bytes) {
        return must_be(rule.name, "at most " + std::to_string(rule.max_bytes) + " bytes long");
    }
    if (text.find('\0') != json::string::npos) {
        return must_be(rule.name, "free of NUL characters");
    }
    return std::string(text);
}

Result<bool> read_flag(const json::value& value, std::string_view name) {
    if (value.is_null()) {
        return false;
    }
    if (value.is_bool()) {
        return value.get_bool();
    }
    if (value.is_string()) {
        const std::string_view text = value.get_string();
        if (is_truthy(text)) {
            return true;
        }
        if (text.empty() || text == "0" || equals_ignoring_case(text, "false") ||
            equals_ignoring_case(text, "no")) {
            return false;
        }
    }
    if (value.is_int64() && (value.get_int64() == 0 || value.get_int64() == 1)) {
        return value.get_int64() == 1;
    }
    return must_be(name, "true or false");
}

Result<std::int64_t> read_integer(const json::value& value, std::string_view name) {
    if (value.is_int64()) {
        return value.get_int64();
    }
    if (value.is_null()) {
        return 0;
    }
    if (value.is_string()) {
        const std::string_view text = value.get_string();
        std::int64_t number = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (code == std::errc() && end == text.data() + text.size()) {
            return number;
        }
    }
    return must_be(name, "a whole number");
}

Result<VerbSet> read_verbs(const json::value& value, std::string_view name) {
    SLUICE_TRY(const std::int64_t bits, read_integer(value, name));
    if (bits < 0 || bits > VerbSet::all().bits()) {
        return must_be(name, "0 to 31: GET 1, POST 2, PUT 4, PATCH 8 and DELETE 16, added up");
    }
    return VerbSet(static_cast<std::uint32_t>(bits));
}

Result<bool> read_or_and(const json::value& value, std::string_view name) {
    if (value.is_null()) {
        return false;
    }
    const std::string_view text = value.is_string() ? std::string_view(value.get_string()) : "?";
    if (equals_ignoring_case(text, "OR")) {
        return true;
    }
    if (text.empty() || equals_ignoring_case(text, "AND")) {
        return false;
    }
    return must_be(name, "'AND' or 'OR'");
}

Error number_out_of_range(std::string_view name) {
    return must_be(name, "a whole number of at most 32 bits").value();
}

Result<std::optional<store::Id>> read_id(const json::value& value, std::string_view name) {
    if (value.is_null() || (value.is_string() && value.get_string().empty())) {
        return std::optional<store::Id>();
    }
    SLUICE_TRY(const std::int64_t id, read_integer(value, name));
    return std::optional<store::Id>(id);
}

Result<std::string> read_object(const json::value& value, std::string_view name) {
    const bool is_empty = (value.is_array() && value.get_array().empty()) ||
                          (value.is_string() && value.get_string().empty());
    if (value.is_null() || is_empty) {
        return std::string("{}");
    }
    if (!value.is_object()) {
        return must_be(name, "an object");
    }
    return json::serialize(value);
}

void add_stamps(json::object& record, const store::Stamps& stamps) {
    record["created_date"] = stamps.created_date;
    record["last_modified_date"] = stamps.last_modified_date;
    record["created_by_id"] = id_or_null(stamps.created_by_id);
    record["last_modified_by_id"] = id_or_null(stamps.last_modified_by_id);
}

}  // namespace sluice::services::system
