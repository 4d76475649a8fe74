#include "services/sql/validation.h"

#include <utility>
#include <vector>

#include "core/json.h"
#include "services/sql/rules/rule.h"
#include "services/sql/rules/value_forms.h"

namespace sluice::services::sql {
namespace {

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

Error about(std::string_view field, std::string_view what, const Error& error) {
    return Error(ErrorKind::BadRequest, "The " + std::string(what) + " of field '" +
                                            std::string(field) + "' is wrong: " + error.message() +
                                            ".");
}

}  // namespace

Result<ValidationRef> read_validation(std::string_view validation,
                                      std::string_view picklist,
                                      std::string_view field) {
    const auto picks = read_picks(picklist);
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
            auto rule = read_rule(name, given, *picks);
            if (!rule) {
                return fail(about(field, "rule '" + std::string(name) + "'", rule.error()));
            }
            picks_by_rule = picks_by_rule || name == "picklist" || name == "multi_picklist";
            rules.push_back(std::move(*rule));
        }
    }
    if (!picks->empty() && !picks_by_rule) {
        rules.push_back(picklist_rule(*picks));
    }
    if (rules.empty()) {
        return ValidationRef();
    }
    return ValidationRef(std::make_shared<const Rules>(std::string(field), std::move(rules)));
}

}  // namespace sluice::services::sql
