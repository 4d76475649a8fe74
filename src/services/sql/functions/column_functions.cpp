#include "services/sql/functions/column_functions.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/fields.h"
#include "core/json.h"
#include "services/sql/functions/function_text.h"
#include "services/sql/object_text.h"

namespace sluice::services::sql {
namespace {

constexpr std::array<std::string_view, 4> kUses{"SELECT", "FILTER", "INSERT", "UPDATE"};

/// By use, in capitals.
using Functions = std::map<std::string, std::string, std::less<>>;

tl::unexpected<Error> refuse(const std::string& field, std::string_view why) {
    return fail(ErrorKind::BadRequest,
                "The 'db_function' of field '" + field + "' " + std::string(why) + ".");
}

Result<std::string> use_of(const json::value& given, const std::string& field) {
    const std::string_view said = given.is_string() ? std::string_view(given.get_string()) : "";
    const auto known = std::ranges::find_if(
        kUses, [said](std::string_view use) { return equals_ignoring_case(use, said); });
    if (known == kUses.end()) {
        return refuse(field, "must be for a 'use' of SELECT, FILTER, INSERT and UPDATE");
    }
    return std::string(*known);
}

Result<std::vector<std::string>> uses_of(const json::object& entry, const std::string& field) {
    const json::value* given = entry.if_contains("use");
    std::vector<std::string> uses;
    if (given != nullptr && given->is_array()) {
        for (const json::value& item : given->get_array()) {
            SLUICE_TRY(auto use, use_of(item, field));
            uses.push_back(std::move(use));
        }
    } else if (given != nullptr) {
        SLUICE_TRY(auto use, use_of(*given, field));
        uses.push_back(std::move(use));
    }
    if (uses.empty()) {
        return refuse(field, "needs a 'use' for each function");
    }
    return uses;
}

Status add_entry(Functions& functions, const json::value& given, const std::string& field) {
    if (!given.is_object()) {
        return refuse(field, "must be a list of objects");
    }
    const json::object& entry = given.get_object();
    for (const auto& [name, value] : entry) {
        if (name != "use" && name != "function" && name != "function_type") {
            return refuse(field, "has the unknown member '" + std::string(name) + "'");
        }
    }
    const json::value* type = entry.if_contains("function_type");
    const bool is_database =
        type == nullptr || type->is_null() ||
        (type->is_string() && equals_ignoring_case(type->get_string(), "database"));
    if (!is_database) {
        return refuse(field, "may have no 'function_type' but 'database'");
    }
    SLUICE_TRY(const auto uses, uses_of(entry, field));
    const std::string text(text_or(entry, "function", ""));
    for (const std::string& use : uses) {
        SLUICE_CHECK(check_function_text(text, field, use == "INSERT" || use == "UPDATE"));
        if (!functions.emplace(use, text).second) {
            return refuse(field, "has two functions for " + use);
        }
    }
    return {};
}

Result<Functions> read(std::string_view text, const std::string& field) {
    Functions functions;
    if (trimmed(text).empty()) {
        return functions;
    }
    SLUICE_TRY(const auto given, parse_json(text, "db_function"));
    if (given.is_object() && !given.get_object().empty()) {
        SLUICE_CHECK(add_entry(functions, given, field));
        return functions;
    }
    if (!given.is_array() && !given.is_object() && !given.is_null()) {
        return refuse(field, "must be a list of objects");
    }
    if (given.is_array()) {
        for (const json::value& entry : given.get_array()) {
            SLUICE_CHECK(add_entry(functions, entry, field));
        }
    }
    return functions;
}

std::string in_brackets(const Functions& functions, std::string_view use) {
    const auto found = functions.find(use);
    return found == functions.end() ? "" : "(" + found->second + ")";
}

std::vector<std::string> pieces(const Functions& functions, std::string_view use) {
    constexpr std::string_view kValue = "{value}";
    std::vector<std::string> cut;
    std::string rest = in_brackets(functions, use);
    if (rest.empty()) {
        return cut;
    }
    for (std::size_t at = rest.find(kValue); at != std::string::npos; at = rest.find(kValue)) {
        cut.push_back(rest.substr(0, at));
        rest.erase(0, at + kValue.size());
    }
    cut.push_back(std::move(rest));
    return cut;
}

}  // namespace

Result<std::shared_ptr<const ColumnFunctions>> read_functions(std::string_view json,
                                                              const std::string& field) {
    SLUICE_TRY(const auto functions, read(json, field));
    if (functions.empty()) {
        return std::shared_ptr<const ColumnFunctions>();
    }
    auto made = std::make_shared<ColumnFunctions>();
    made->select = in_brackets(functions, "SELECT");
    made->filter = in_brackets(functions, "FILTER");
    made->insert = pieces(functions, "INSERT");
    made->update = pieces(functions, "UPDATE");
    return std::shared_ptr<const ColumnFunctions>(std::move(made));
}

Result<std::string> kept_functions(std::string_view json, const std::string& field) {
    SLUICE_TRY(const auto functions, read(json, field));
    std::vector<std::string> entries;
    for (const std::string_view use : kUses) {
        const auto found = functions.find(use);
        if (found == functions.end()) {
            continue;
        }
        ObjectText entry;
        entry.raw("use", "[" + json_string(use) + "]");
        entry.text("function", found->second);
        entry.text("function_type", "database");
        entries.push_back(entry.take());
    }
    return entries.empty() ? "" : list_of(entries);
}

}  // namespace sluice::services::sql
