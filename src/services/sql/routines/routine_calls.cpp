#include "services/sql/routines/routine_calls.h"

#include <algorithm>

#include "core/fields.h"
#include "core/json.h"
#include "services/sql/labels.h"
#include "services/sql/object_text.h"
#include "services/sql/query.h"
#include "services/sql/routines/answer.h"
#include "services/sql/routines/bind.h"
#include "services/sql/schema_resource.h"
#include "services/sql/shared_work.h"

namespace sluice::services::sql {
namespace {

/// No database of ours has longer names.
constexpr std::size_t kMaxNameBytes = 512;

Result<const Routines*> routines_of(const Backend& backend) {
    const Routines* routines = backend.dialect->routines();
    if (routines == nullptr) {
        return fail(ErrorKind::NotImplemented,
                    "This database has no stored procedures or functions that can be called.");
    }
    return routines;
}

Error not_found(RoutineForm form, std::string_view name) {
    return {ErrorKind::NotFound,
            std::string(form == RoutineForm::Procedure ? "Procedure" : "Function") + " \"" +
                std::string(name) + "\" does not exist in the database."};
}

/// What no path could name: brackets begin the values, slashes the next segment.
bool is_out_of_reach(const RoutineRef& routine) {
    return routine->name.empty() || routine->name.find_first_of("(/") != std::string::npos;
}

std::string component_of(RoutineForm form, const Routine& routine) {
    return std::string(resource_of(form)) + "/" + routine.name;
}

/// Names that differ in nothing but the case of letters are several.
Status check_one_name(const std::vector<RoutineRef>& found, std::string_view asked) {
    std::string names;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (i == 0 || found[i]->name != found[i - 1]->name) {
            names.append(names.empty() ? "" : ", ").append(found[i]->name);
        }
    }
    if (found.empty() || names == found.front()->name) {
        return {};
    }
    return fail(ErrorKind::BadRequest,
                "'" + std::string(asked) + "' may be any of these: " + names + ".");
}

std::string return_type(const Routine& routine) {
    if (!routine.is_function || routine.gives == Routine::Gives::Nothing) {
        return "null";
    }
    return json_string(routine.gives_many                       ? "table"
                       : routine.gives == Routine::Gives::Value ? routine.returns.type
                                                                : std::string("record"));
}

std::string_view mode_name(RoutineParameter::Mode mode) {
    switch (mode) {
        case RoutineParameter::Mode::Out:
            return "OUT";
        case RoutineParameter::Mode::InOut:
            return "INOUT";
        default:
            return "IN";
    }
}

std::string parameters_json(const Routine& routine) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < routine.parameters.size(); ++i) {
        const RoutineParameter& parameter = routine.parameters[i];
        const Column& column = parameter.column;
        ObjectText out;
        out.text("name", column.name);
        out.number("position", static_cast<int>(i + 1));
        out.text("param_type", mode_name(parameter.mode));
        out.text("type", column.type);
        out.text("db_type", column.db_type);
        out.number("length", column.length);
        out.number("precision", column.precision);
        out.number("scale", column.scale);
        out.yes_no("required", parameter.takes() && !parameter.has_default);
        all.push_back(out.take());
    }
    return list_of(all);
}

}  // namespace

std::string_view resource_of(RoutineForm form) {
    return form == RoutineForm::Procedure ? "_proc" : "_func";
}

std::string routine_json(const Routine& routine,
                         const std::vector<std::string>& fields,
                         VerbSet verbs) {
    const auto is_wanted = [&fields](std::string_view name) {
        return std::ranges::any_of(fields, [name](const std::string& field) {
            return field == "*" || equals_ignoring_case(field, name);
        });
    };
    ObjectText out;
    out.text("name", routine.name);
    if (is_wanted("label")) {
        out.text("label", label_of(routine.name));
    }
    if (is_wanted("description")) {
        out.text_or_null("description", routine.description.empty()
                                            ? std::nullopt
                                            : std::optional(routine.description));
    }
    if (is_wanted("return_type")) {
        out.raw("return_type", return_type(routine));
    }
    if (is_wanted("params")) {
        out.raw("params", parameters_json(routine));
    }
    if (is_wanted("access")) {
        out.raw("access", std::to_string(verbs.bits()));
    }
    return out.take();
}

Task<Result<std::vector<RoutineRef>>> seen_routines(Backend& backend,
                                                    const Call& call,
                                                    RoutineForm form) {
    CO_TRY(const Routines* const routines, routines_of(backend));
    CO_TRY(auto found, co_await routines->find(*backend.database, form, std::nullopt,
                                               call.request.origin.deadline));
    std::erase_if(found, [&](const RoutineRef& routine) {
        return is_out_of_reach(routine) ||
               grant_on(call, component_of(form, *routine), Verb::Get).verbs.bits() == 0;
    });
    co_return found;
}

Task<Result<Response>> list_routines(Backend& backend, const Call& call, RoutineForm form) {
    CO_TRY(const auto routines, co_await seen_routines(backend, call, form));
    Parameters parameters = call.request.parameters;
    std::vector<std::string> items;
    if (parameters.is_on("as_access_list")) {
        std::vector<std::string> names;
        for (const RoutineRef& routine : routines) {
            names.push_back(routine->name);
        }
        add_components(items, std::string(resource_of(form)), names);
        co_return Response::json("{\"resource\":" + list_of(items) + "}");
    }
    const bool lists_verbs = parameters.is_on("include_access");
    const std::string schema = lower_case(parameters.get_or("schema", ""));
    for (const char* own : {"include_access", "as_access_list", "schema"}) {
        parameters.remove(own);  // of records these are not known
    }
    CO_TRY(auto query, parse_query(Verb::Get, parameters, Body{}));
    if (query.ids_given && query.fields.empty()) {
        query.fields = {"*"};
    }
    const bool is_flat = parameters.is_on("as_list");
    for (std::size_t i = 0; i < routines.size(); ++i) {
        const Routine& routine = *routines[i];
        const auto is_it = [&routine](const Id& id) {
            return id.size() == 1 && equals_ignoring_case(id.front().text, routine.name);
        };
        const bool is_of_schema =
            schema.empty() || lower_case(routine.name).starts_with(schema + ".");
        if (!is_of_schema || (query.ids_given && std::ranges::none_of(query.ids, is_it))) {
            continue;
        }
        const VerbSet verbs = grant_on(call, component_of(form, routine), Verb::Get).verbs;
        std::string item = is_flat       ? json_string(routine.name)
                           : lists_verbs ? name_and_verbs(routine.name, verbs)
                                         : routine_json(routine, query.fields, verbs);
        if (items.empty() || items.back() != item) {  // overloaded ones have one name
            items.push_back(std::move(item));
        }
    }
    co_return Response::json("{\"resource\":" + list_of(items) + "}");
}

Task<Result<Response>> call_routine(Backend& backend, const Call& call, RoutineForm form) {
    CO_TRY(const Routines* const routines, routines_of(backend));
    CO_CHECK(check_not_shared(call, "Procedures and functions cannot be called"));
    CO_TRY(const auto asked, read_call_request(call.request, call.target.segments.at(1)));
    const Deadline deadline = call.request.origin.deadline;
    std::vector<RoutineRef> found;
    if (!asked.name.empty() && asked.name.size() <= kMaxNameBytes &&
        asked.name.find('\0') == std::string::npos) {
        CO_TRY(found, co_await routines->find(*backend.database, form, asked.name, deadline));
    }
    if (found.empty()) {
        co_return fail(not_found(form, asked.name));
    }
    CO_CHECK(check_one_name(found, asked.name));
    CO_TRY(const auto bound, bind_call(found, asked.values, backend.dialect->habits().other_dates));
    const Routine& routine = *bound.routine;
    CO_CHECK(check_wrapper(routine, asked.options));
    const RoutineCall calling = routines->call(routine, bound.arguments);
    RoutineResults results(rows_of(routine), asked.options, backend.settings.max_answer_bytes);
    const Status status = co_await backend.database->call(calling, results, deadline);
    if (!status && results.has_too_many()) {
        co_return fail(ErrorKind::BadRequest, "'" + routine.name + "' gives more than " +
                                                  std::to_string(kMaxResults) + " results.");
    }
    if (!status) {
        co_return fail(status.error());
    }
    co_return Response::json(answer_of(routine, form, asked.options, results.take()));
}

}  // namespace sluice::services::sql
