#include "services/sql/rules/rule.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/fields.h"
#include "services/sql/rules/pattern.h"
#include "services/sql/rules/value_forms.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMaxPicks = 10'000;

using Form = Input::Form;
using Test = std::function<bool(const Input&)>;

Result<std::optional<std::int64_t>> number_in(const json::object& options, std::string_view name) {
    const json::value* given = options.if_contains(name);
    if (given == nullptr || given->is_null()) {
        return std::optional<std::int64_t>();
    }
    if (!given->is_int64()) {
        return fail(ErrorKind::BadRequest, "its '" + std::string(name) + "' must be an integer");
    }
    return std::optional(given->get_int64());
}

Result<Test> int_test(const json::object& options) {
    const json::value* range = options.if_contains("range");
    json::object within;
    if (range != nullptr && !range->is_null()) {
        const bool is_range =
            range->is_object() && std::ranges::all_of(range->get_object(), [](const auto& end) {
                return end.key() == "min" || end.key() == "max";
            });
        if (!is_range) {
            return fail(ErrorKind::BadRequest, "its 'range' must be an object of 'min' and 'max'");
        }
        within = range->get_object();
    }
    SLUICE_TRY(const auto least, number_in(within, "min"));
    SLUICE_TRY(const auto most, number_in(within, "max"));
    return Test([least, most](const Input& input) {
        const auto number = integer_in(input);
        return number && (!least || *number >= *least) && (!most || *number <= *most);
    });
}

Result<Test> many_test(const json::object& options, Picks picks) {
    const std::string delimiter(text_or(options, "delimiter", ","));
    SLUICE_TRY(const auto least, number_in(options, "min"));
    SLUICE_TRY(const auto most, number_in(options, "max"));
    if (delimiter.empty()) {
        return fail(ErrorKind::BadRequest, "its 'delimiter' must not be empty");
    }
    return Test([=, picks = std::move(picks)](const Input& input) {
        const std::string text = text_of(input);
        std::int64_t count = 0;
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t end = std::min(text.find(delimiter, at), text.size());
            const bool is_one_more = ++count <= most.value_or(-1) || most.value_or(-1) < 0;
            if (!is_one_more ||
                !picks.contains(trimmed(std::string_view(text).substr(at, end - at)))) {
                return false;
            }
            if (end == text.size()) {
                break;
            }
            at = end + delimiter.size();
        }
        return !least || count >= *least;
    });
}

Test one_of(Picks picks) {
    return
        [picks = std::move(picks)](const Input& input) { return picks.contains(text_of(input)); };
}

Result<Test> test_of(std::string_view name, const json::object& options, const Picks& picks) {
    const auto is = [](bool (*test)(const Input&)) { return Result<Test>(Test(test)); };
    if (name == "api_read_only" || name == "create_only") {
        return Test([](const Input&) { return true; });
    }
    if (name == "not_null") {
        return Test([](const Input& input) { return input.form != Form::Null; });
    }
    if (name == "not_empty") {
        return Test([](const Input& input) { return !is_blank(input); });
    }
    if (name == "not_zero") {
        return Test([](const Input& input) { return !is_zero(input); });
    }
    if (name == "email") {
        return is(&is_email);
    }
    if (name == "url") {
        return is(&is_url);
    }
    if (name == "int") {
        return int_test(options);
    }
    if (name == "float") {
        return is(&is_float);
    }
    if (name == "boolean") {
        return is(&is_boolean);
    }
    if (name == "match") {
        SLUICE_TRY(auto pattern, read_pattern(text_or(options, "regexp", "")));
        return Test(
            [pattern = std::move(pattern)](const Input& input) { return pattern(text_of(input)); });
    }
    const bool picks_some = name == "picklist" || name == "multi_picklist";
    if (!picks_some) {
        return fail(ErrorKind::BadRequest, "there is no such rule");
    }
    if (picks.empty()) {
        return fail(ErrorKind::BadRequest, "the field has no 'picklist'");
    }
    return name == "picklist" ? Result<Test>(one_of(picks)) : many_test(options, picks);
}

Status check_options(std::string_view rule, const json::object& options) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKnown{
        {{"int", "range"},
         {"match", "regexp"},
         {"multi_picklist", "delimiter"},
         {"multi_picklist", "min"},
         {"multi_picklist", "max"},
         {"", "on_fail"}}};
    for (const auto& [name, value] : options) {
        const bool is_known = std::ranges::any_of(kKnown, [&](const auto& known) {
            return known.second == std::string_view(name) &&
                   (known.first.empty() || known.first == rule);
        });
        if (!is_known) {
            return fail(ErrorKind::BadRequest, "it has no option '" + std::string(name) + "'");
        }
        if (name == "on_fail" && !value.is_string() && !value.is_null()) {
            return fail(ErrorKind::BadRequest, "its 'on_fail' must be a text");
        }
    }
    return {};
}

}  // namespace

/// What a rule says when its words are not given.
std::string own_words(std::string_view rule, const std::string& field) {
    struct Words {
        std::string_view rule;
        std::string_view says;
    };
    static constexpr std::array kWords{
        Words{"api_read_only", " is read only."},
        Words{"create_only", " can only be set when the record is created."},
        Words{"not_null", " can not be NULL."},
        Words{"not_empty", " can not be empty."},
        Words{"not_zero", " can not be zero."},
        Words{"email", " must be a valid email address."},
        Words{"url", " must be a valid URL."},
        Words{"int", " must be a valid integer."},
        Words{"float", " must be a valid number."},
        Words{"boolean", " must be a valid boolean."},
        Words{"match", " does not match its pattern."},
        Words{"picklist", " must be one of its picklist."},
        Words{"multi_picklist", " must hold items of its picklist, in the number allowed."},
    };
    const auto found = std::ranges::find(kWords, rule, &Words::rule);
    return "Field '" + field + "'" +
           std::string(found == kWords.end() ? " is wrong." : found->says);
}

Result<Picks> read_picks(std::string_view text) {
    Picks picks;
    if (text.empty()) {
        return picks;
    }
    SLUICE_TRY(const auto parsed, parse_json(text, "picklist"));
    if (!parsed.is_array() || parsed.get_array().size() > kMaxPicks) {
        return fail(ErrorKind::BadRequest, "it must be a list");
    }
    for (const json::value& pick : parsed.get_array()) {
        if (pick.is_object() || pick.is_array() || pick.is_null()) {
            return fail(ErrorKind::BadRequest, "it must be a list of texts or numbers");
        }
        picks.emplace(pick.is_string() ? std::string(pick.get_string()) : json::serialize(pick));
    }
    return picks;
}

Result<Rule> read_rule(std::string_view name, const json::value& given, const Picks& picks) {
    Rule rule;
    rule.name = name;
    rule.asks_always = name.starts_with("not_");
    json::object options;
    if (given.is_object()) {
        options = given.get_object();
    } else if (!given.is_null() && given != json::value(true) &&
               !(given.is_array() && given.get_array().empty())) {
        return fail(ErrorKind::BadRequest, "it must be an object");
    }
    SLUICE_CHECK(check_options(name, options));
    SLUICE_TRY(rule.test, test_of(name, options, picks));
    const std::string_view on_fail = text_or(options, "on_fail", "");
    rule.leaves_out = on_fail == "ignore_field";
    rule.message = rule.leaves_out ? "" : std::string(on_fail);
    return rule;
}

Rule picklist_rule(Picks picks) {
    return {"picklist", "", false, false, one_of(std::move(picks))};
}

}  // namespace sluice::services::sql
