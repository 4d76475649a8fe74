#include "services/sql/routines/answer.h"

#include <algorithm>

#include "core/json.h"

namespace sluice::services::sql {
namespace {

std::string list_of_results(const std::vector<RoutineResult>& results) {
    std::string out;
    for (const RoutineResult& result : results) {
        out.append(out.empty() ? "[" : ",[").append(result.rows).append("]");
    }
    return results.size() == 1 ? out : "[" + out + "]";
}

/// One value or record of a function that gives one; else lists.
std::string data_of(const Routine& routine,
                    RoutineForm form,
                    const CallOptions& options,
                    const std::vector<RoutineResult>& results) {
    const bool has_row = !results.empty() && results.front().count > 0;
    if (options.returns) {
        return has_row ? results.front().first.value_or("null") : "null";
    }
    if (routine.is_function && routine.gives == Routine::Gives::Nothing) {
        return form == RoutineForm::Function ? "null" : "[]";
    }
    if (routine.is_function && !routine.gives_many) {
        return has_row ? results.front().rows : "null";
    }
    return list_of_results(results);
}

}  // namespace

RoutineResults::Rows rows_of(const Routine& routine) {
    const bool gives_values =
        routine.gives == Routine::Gives::Value || routine.gives == Routine::Gives::RecordOfAnyForm;
    return routine.is_function && gives_values ? RoutineResults::Rows::Values
                                               : RoutineResults::Rows::Records;
}

Status check_wrapper(const Routine& routine, const CallOptions& options) {
    if (!routine.gives_parameters()) {
        return {};
    }
    const std::string wrapper = options.wrapper.value_or(std::string(kUsualWrapper));
    const bool is_taken = std::ranges::any_of(routine.parameters, [&](const auto& parameter) {
        return parameter.gives() && parameter.column.name == wrapper;
    });
    if (is_taken) {
        return fail(ErrorKind::BadRequest,
                    "A parameter that gives a value is named '" + wrapper +
                        "', as the member with the results would be; give that another name with "
                        "'wrapper'.");
    }
    return {};
}

std::string answer_of(const Routine& routine,
                      RoutineForm form,
                      const CallOptions& options,
                      std::vector<RoutineResult> results) {
    std::string parameters;
    const bool has_parameters = routine.gives_parameters() && !results.empty();
    if (has_parameters) {
        parameters = std::move(results.back().rows);
        results.pop_back();
        if (results.empty() && !options.wrapper) {
            return parameters.empty() ? "{}" : parameters;
        }
    }
    const std::string data =
        has_parameters && results.empty() ? "[]" : data_of(routine, form, options, results);
    if (!has_parameters && !options.wrapper) {
        return data;
    }
    std::string out = "{";
    append_json_string(out, options.wrapper.value_or(std::string(kUsualWrapper)));
    out.append(":").append(data);
    if (parameters.size() > 2) {  // more than {}
        out.append(",").append(parameters, 1);
        return out;
    }
    return out + "}";
}

}  // namespace sluice::services::sql
