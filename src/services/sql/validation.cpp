#include "services/sql/validation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <boost/regex.hpp>

#include "core/fields.h"
#include "core/json.h"
#include "core/json_reader.h"
#include "services/sql/base64.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMaxPattern = 1000;
/// What a pattern is matched against; longer texts do not match.
constexpr std::size_t kMaxMatched = 64UL * 1024;
constexpr std::size_t kMaxPicks = 10'000;

using Form = Input::Form;
/// Whether a value (never null) may stand there.
using Test = std::function<bool(const Input&)>;

struct Rule {
    std::string name;
    /// What is said; empty: our own words.
    std::string message;
    bool leaves_out = false;
    /// Asked about null, about nothing, and about empty texts too.
    bool asks_always = false;
    Test test;
};

bool is_blank(const Input& input) {
    return input.form == Form::Null || (input.form == Form::Text && input.text.empty());
}

bool is_zero(const Input& input) {
    if (input.form == Form::False || is_blank(input)) {
        return true;
    }
    const std::string_view text = trimmed(input.text);
    const bool is_number = input.form == Form::Number || input.form == Form::Text;
    const std::size_t end = std::min(text.find_first_of("eE"), text.size());
    return is_number && !text.empty() && is_json_number(text) &&
           text.substr(0, end).find_first_of("123456789") == std::string_view::npos;
}

bool is_email(const Input& input) {
    static const boost::regex kForm(
        R"([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+)");
    const std::string& text = input.text;
    const bool has_lone_dot = text.starts_with('.') || text.find("..") != std::string::npos ||
                              text.find(".@") != std::string::npos;
    return input.form == Form::Text && text.size() <= 254 && !has_lone_dot &&
           boost::regex_match(text, kForm);
}

bool is_url(const Input& input) {
    static const boost::regex kForm(
        R"([A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/?#]{1,255}(?:[/?#]\S*)?)");
    return input.form == Form::Text && input.text.size() <= 2048 &&
           boost::regex_match(input.text, kForm);
}

std::optional<long long> integer_in(const Input& input) {
    const std::string_view text = trimmed(input.text);
    long long number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_one = (input.form == Form::Number || input.form == Form::Text) &&
                        code == std::errc() && end == text.data() + text.size();
    return is_one ? std::optional(number) : std::nullopt;
}

bool is_float(const Input& input) {
    return (input.form == Form::Number || input.form == Form::Text) &&
           is_json_number(trimmed(input.text));
}

bool is_boolean(const Input& input) {
    static constexpr std::array<std::string_view, 9> kWords{"1",  "0",  "true", "false", "yes",
                                                            "no", "on", "off",  ""};
    if (input.form == Form::True || input.form == Form::False) {
        return true;
    }
    return input.form != Form::Json && std::ranges::any_of(kWords, [&input](auto word) {
               return equals_ignoring_case(word, input.text);
           });
}

std::string text_of_input(const Input& input) {
    return input.form == Form::True ? "true" : input.form == Form::False ? "false" : input.text;
}

/// "/^a+$/i" -> the pattern and its letters.
Result<boost::regex> pattern_of(std::string_view given) {
    const auto wrong = [] {
        return fail(ErrorKind::BadRequest,
                    "its 'regexp' must be a pattern such as \"/^a+$/i\", in "
                    "base64, of at most 1000 bytes");
    };
    const std::size_t close = given.empty() ? std::string_view::npos : given.rfind(given.front());
    const bool is_delimited =
        given.size() >= 2 && close != 0 && close != std::string_view::npos &&
        std::string_view("/#~!@%|").find(given.front()) != std::string_view::npos;
    if (!is_delimited || given.size() > kMaxPattern) {
        return wrong();
    }
    using Flags = boost::regex::flag_type;
    Flags flags = Flags{boost::regex::perl} | Flags{boost::regex::no_mod_m};
    for (const char letter : given.substr(close + 1)) {
        switch (letter) {
            case 'i':
                flags |= Flags{boost::regex::icase};
                break;
            case 'm':
                flags &= ~Flags{boost::regex::no_mod_m};
                break;
            case 's':
                flags |= Flags{boost::regex::mod_s};
                break;
            case 'x':
                flags |= Flags{boost::regex::mod_x};
                break;
            case 'u':
            case 'D':
                break;
            default:
                return wrong();
        }
    }
    try {
        return boost::regex(std::string(given.substr(1, close - 1)), flags);
    } catch (const std::exception&) {
        return wrong();
    }
}

Result<Test> match_test(const json::object& options) {
    const auto decoded = from_base64(text_or(options, "regexp", ""));
    if (!decoded || decoded->empty()) {
        return fail(ErrorKind::BadRequest, "it needs a 'regexp' in base64");
    }
    SLUICE_TRY(auto pattern, pattern_of(*decoded));
    return Test([pattern = std::move(pattern)](const Input& input) {
        const std::string text = text_of_input(input);
        if (text.size() > kMaxMatched) {
            return false;
        }
        try {
            return boost::regex_search(text, pattern);
        } catch (const std::exception&) {
            return false;  // too much work to tell
        }
    });
}

using Picks = std::vector<std::string>;

bool holds(const Picks& picks, std::string_view text) {
    return std::ranges::find(picks, text) != picks.end();
}

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
    const json::object none;
    const json::object& within =
        range != nullptr && range->is_object() ? range->get_object() : none;
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
        const std::string text = text_of_input(input);
        std::int64_t count = 0;
        for (std::size_t at = 0; at <= text.size(); ++count) {
            const std::size_t end = std::min(text.find(delimiter, at), text.size());
            if (!holds(picks, trimmed(std::string_view(text).substr(at, end - at)))) {
                return false;
            }
            at = end + delimiter.size();
            if (end == text.size()) {
                ++count;
                break;
            }
        }
        return (!least || count >= *least) && (!most || *most < 0 || count <= *most);
    });
}

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

class Rules : public Validation {
public:
    Rules(std::string field, std::vector<Rule> rules)
        : field_(std::move(field)), rules_(std::move(rules)) {}

    Result<Verdict> judge(const Input* input, bool is_insert) const override {
        for (const Rule& rule : rules_) {
            if (!fails(rule, input, is_insert)) {
                continue;
            }
            if (rule.leaves_out) {
                return Verdict::LeavesOut;
            }
            return fail(ErrorKind::BadRequest,
                        rule.message.empty() ? own_words(rule.name, field_) : rule.message);
        }
        return Verdict::Takes;
    }

private:
    static bool fails(const Rule& rule, const Input* input, bool is_insert) {
        if (rule.name == "api_read_only") {
            return input != nullptr;
        }
        if (rule.name == "create_only") {
            return input != nullptr && !is_insert;
        }
        if (input == nullptr && !is_insert) {
            return false;
        }
        const Input nothing;
        const Input& value = input == nullptr ? nothing : *input;
        return (rule.asks_always || !is_blank(value)) && !rule.test(value);
    }

    std::string field_;
    std::vector<Rule> rules_;
};

Result<Picks> picks_in(std::string_view text) {
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
        picks.emplace_back(pick.is_string() ? std::string(pick.get_string())
                                            : json::serialize(pick));
    }
    return picks;
}

Test one_of(Picks picks) {
    return [picks = std::move(picks)](const Input& input) {
        return holds(picks, text_of_input(input));
    };
}

Result<Test> test_of(std::string_view name, const json::object& options, const Picks& picks) {
    const auto always = [](bool (*test)(const Input&)) { return Result<Test>(Test(test)); };
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
        return always(&is_email);
    }
    if (name == "url") {
        return always(&is_url);
    }
    if (name == "int") {
        return int_test(options);
    }
    if (name == "float") {
        return always(&is_float);
    }
    if (name == "boolean") {
        return always(&is_boolean);
    }
    if (name == "match") {
        return match_test(options);
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

Result<Rule> rule_of(std::string_view name, const json::value& given, const Picks& picks) {
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

Error about(std::string_view field, std::string_view what, const Error& error) {
    return Error(ErrorKind::BadRequest, "The " + std::string(what) + " of field '" +
                                            std::string(field) + "' is wrong: " + error.message() +
                                            ".");
}

}  // namespace

Result<ValidationRef> read_validation(std::string_view validation,
                                      std::string_view picklist,
                                      std::string_view field) {
    const auto picks = picks_in(picklist);
    if (!picks) {
        return fail(about(field, "'picklist'", picks.error()));
    }
    std::vector<Rule> rules;
    bool picks_by_rule = false;
    if (!validation.empty()) {
        SLUICE_TRY(const auto parsed, parse_json(validation, "validation"));
        if (!parsed.is_object()) {
            return fail(ErrorKind::BadRequest, "The 'validation' of field '" + std::string(field) +
                                                   "' must be an object.");
        }
        for (const auto& [name, given] : parsed.get_object()) {
            auto rule = rule_of(name, given, *picks);
            if (!rule) {
                return fail(about(field, "rule '" + std::string(name) + "'", rule.error()));
            }
            picks_by_rule = picks_by_rule || name == "picklist" || name == "multi_picklist";
            rules.push_back(std::move(*rule));
        }
    }
    if (!picks->empty() && !picks_by_rule) {
        rules.push_back({"picklist", "", false, false, one_of(*picks)});
    }
    if (rules.empty()) {
        return ValidationRef();
    }
    return ValidationRef(std::make_shared<const Rules>(std::string(field), std::move(rules)));
}

}  // namespace sluice::services::sql
