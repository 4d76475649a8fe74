#include "services/sql/related/related_query.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/fields.h"
#include "services/sql/filter_parser.h"

namespace sluice::services::sql {
namespace {

constexpr std::array<std::string_view, 7> kOptions{"fields", "filter", "limit",  "offset",
                                                   "order",  "group",  "related"};

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
    return text.size() >= start.size() && equals_ignoring_case(text.substr(0, start.size()), start);
}

bool is_option(std::string_view name) {
    return std::ranges::find(kOptions, name) != kOptions.end();
}

/// What follows the relation's name in that of a parameter; empty when it does not begin with it.
std::string_view option_of(std::string_view parameter, std::string_view relation) {
    if (parameter.size() <= relation.size() + 1 ||
        !starts_with_ignoring_case(parameter, relation)) {
        return {};
    }
    const char mark = parameter[relation.size()];
    const std::string_view option = parameter.substr(relation.size() + 1);
    return mark == '.' || (mark == '_' && is_option(option)) ? option : std::string_view{};
}

Result<std::int64_t> count_of(const std::string& parameter, std::string_view text) {
    std::int64_t number = 0;
    text = trimmed(text);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size() || number < 0) {
        return fail(ErrorKind::BadRequest,
                    "Parameter '" + parameter + "' must be an integer that is not negative.");
    }
    return number;
}

Status take(RelatedQuery& related,
            const std::string& parameter,
            std::string_view option,
            const std::string& value) {
    if (option == "limit") {
        SLUICE_TRY(related.limit, count_of(parameter, value));
        return {};
    }
    if (option == "offset") {
        SLUICE_TRY(related.offset, count_of(parameter, value));
        return {};
    }
    if (option == "filter" && !trimmed(value).empty()) {
        // On its own, before it is joined to ours: brackets in it must not reach beyond it.
        SLUICE_CHECK(parse_filter(value));
    }
    if (!is_option(option) && option.find('.') == std::string_view::npos) {
        return fail(ErrorKind::BadRequest, "Parameter '" + parameter +
                                               "' is no option of a relation: those are fields, "
                                               "filter, limit, offset, order, group and related.");
    }
    related.options.set(option, value);
    return {};
}

/// The relation with the longest name that `parameter` begins with: names may begin alike.
RelatedQuery* owner_of(std::vector<RelatedQuery>& asked,
                       std::string_view parameter,
                       std::string_view& option) {
    RelatedQuery* owner = nullptr;
    std::size_t longest = 0;
    for (RelatedQuery& related : asked) {
        for (const std::string& name :
             {related.relation->name, related.relation->alias, related.asked_as}) {
            const std::string_view rest =
                name.empty() ? std::string_view() : option_of(parameter, name);
            if (!rest.empty() && name.size() > longest) {
                owner = &related;
                option = rest;
                longest = name.size();
            }
        }
    }
    return owner;
}

}  // namespace

Result<std::vector<RelatedQuery>> resolve_related(const Relations& relations,
                                                  const Query& query,
                                                  const std::vector<const Relation*>& unasked) {
    std::vector<RelatedQuery> asked;
    const auto add = [&asked](const Relation& relation, const std::string& name) {
        if (std::ranges::find(asked, &relation, &RelatedQuery::relation) == asked.end()) {
            asked.push_back({&relation, name, {}, std::nullopt, 0});
        }
    };
    for (const std::string& name : query.related) {
        if (name == "*") {
            for (const Relation& relation : relations) {
                add(relation, relation.name);
            }
            continue;
        }
        const Relation* relation = find_relation(relations, name);
        if (relation == nullptr) {
            return fail(ErrorKind::BadRequest, "Invalid relationship '" + name + "' requested.");
        }
        add(*relation, name);
    }
    for (const Relation* relation : unasked) {
        add(*relation, relation->name);
    }
    for (const auto& [parameter, value] : query.dotted) {
        std::string_view option;
        if (RelatedQuery* owner = owner_of(asked, parameter, option)) {
            SLUICE_CHECK(take(*owner, parameter, option, value));
            continue;
        }
        const std::size_t dot = parameter.rfind('.');
        if (dot != std::string::npos && is_option(std::string_view(parameter).substr(dot + 1))) {
            return fail(
                ErrorKind::BadRequest,
                "Parameter '" + parameter + "' belongs to no relation that 'related' asks for.");
        }
    }
    return asked;
}

}  // namespace sluice::services::sql
