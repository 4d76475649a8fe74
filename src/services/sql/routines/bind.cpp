#include "services/sql/routines/bind.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/convert.h"
#include "services/sql/fit.h"

namespace sluice::services::sql {
namespace {

/// One for each parameter; null: not given. What only mentions a parameter is not here.
using Assigned = std::vector<const Input*>;

tl::unexpected<Error> wrong(const std::string& message) {
    return fail(ErrorKind::BadRequest, message);
}

std::string named(const Routine& routine, std::size_t index) {
    const std::string& name = routine.parameters[index].column.name;
    return name.empty() ? "Parameter " + std::to_string(index + 1) : "Parameter '" + name + "'";
}

std::size_t count_taking(const Routine& routine) {
    return static_cast<std::size_t>(
        std::ranges::count_if(routine.parameters, &RoutineParameter::takes));
}

Status assign_in_order(const Routine& routine, const GivenValues& given, Assigned& assigned) {
    const auto& values = given.in_order;
    const bool are_all = values.size() == routine.parameters.size();
    if (!are_all && values.size() > count_taking(routine)) {
        return wrong("'" + routine.name + "' takes " + std::to_string(count_taking(routine)) +
                     " values, not " + std::to_string(values.size()) + ".");
    }
    std::size_t next = 0;
    for (std::size_t i = 0; i < routine.parameters.size() && next < values.size(); ++i) {
        const bool takes = routine.parameters[i].takes();
        if (!takes && !are_all) {
            continue;
        }
        const Input& value = values[next++];
        if (takes) {
            assigned[i] = &value;
        } else if (value.form != Input::Form::Null) {
            return wrong(named(routine, i) + " takes no value, it gives one.");
        }
    }
    return {};
}

/// By exact name first, then ignoring case.
std::optional<std::size_t> find_parameter(const Routine& routine, const std::string& name) {
    std::optional<std::size_t> alike;
    for (std::size_t i = 0; i < routine.parameters.size(); ++i) {
        const std::string& known = routine.parameters[i].column.name;
        if (known == name && !name.empty()) {
            return i;
        }
        if (!alike && !known.empty() && equals_ignoring_case(known, name)) {
            alike = i;
        }
    }
    return alike;
}

Status assign_by_name(const Routine& routine, const GivenValues& given, Assigned& assigned) {
    for (const auto& [name, value] : given.by_name) {
        const auto at = find_parameter(routine, name);
        if (!at) {
            return wrong("'" + routine.name + "' has no parameter '" + name + "'.");
        }
        if (!value) {
            continue;
        }
        if (!routine.parameters[*at].takes()) {
            if (value->form == Input::Form::Null) {
                continue;
            }
            return wrong(named(routine, *at) + " takes no value, it gives one.");
        }
        if (assigned[*at] != nullptr) {
            return wrong(named(routine, *at) + " is given twice.");
        }
        assigned[*at] = &*value;
    }
    return {};
}

/// Where some have no name, those that are left out must be the last ones.
Status check_complete(const Routine& routine, const Assigned& assigned) {
    const bool has_nameless = std::ranges::any_of(routine.parameters, [](const auto& parameter) {
        return parameter.takes() && parameter.column.name.empty();
    });
    bool has_gap = false;
    for (std::size_t i = 0; i < assigned.size(); ++i) {
        const RoutineParameter& parameter = routine.parameters[i];
        if (!parameter.takes()) {
            continue;
        }
        const bool is_missing = assigned[i] == nullptr && !parameter.has_default;
        if (is_missing || (assigned[i] != nullptr && has_gap && has_nameless)) {
            return wrong(is_missing ? named(routine, i) + " is missing."
                                    : "A parameter before " + named(routine, i) + " is missing.");
        }
        has_gap = has_gap || assigned[i] == nullptr;
    }
    return {};
}

Result<Assigned> assign(const Routine& routine, const GivenValues& given) {
    Assigned assigned(routine.parameters.size(), nullptr);
    SLUICE_CHECK(assign_in_order(routine, given, assigned));
    SLUICE_CHECK(assign_by_name(routine, given, assigned));
    SLUICE_CHECK(check_complete(routine, assigned));
    return assigned;
}

Result<Arguments> convert(const Routine& routine,
                          const Assigned& assigned,
                          OtherDates other_dates) {
    Arguments arguments(assigned.size());
    for (std::size_t i = 0; i < assigned.size(); ++i) {
        if (assigned[i] == nullptr) {
            continue;
        }
        Column column = routine.parameters[i].column;
        if (column.name.empty()) {
            column.name = std::to_string(i + 1);
        }
        SLUICE_TRY(auto value, to_value(column, *assigned[i]));
        SLUICE_TRY(arguments[i], fitted(column, std::move(value), other_dates));
    }
    return arguments;
}

bool leaves_none_out(const Routine& routine, const Assigned& assigned) {
    for (std::size_t i = 0; i < assigned.size(); ++i) {
        if (routine.parameters[i].takes() && assigned[i] == nullptr) {
            return false;
        }
    }
    return true;
}

std::string signatures(const std::vector<RoutineRef>& routines) {
    std::string list;
    for (const RoutineRef& routine : routines) {
        list.append(list.empty() ? "" : "; ").append(routine->signature());
    }
    return list;
}

}  // namespace

Result<BoundCall> bind_call(const std::vector<RoutineRef>& candidates,
                            const GivenValues& given,
                            OtherDates other_dates) {
    std::vector<RoutineRef> fitting;
    std::vector<RoutineRef> exact;
    for (const RoutineRef& routine : candidates) {
        const auto assigned = assign(*routine, given);
        if (!assigned && candidates.size() == 1) {
            return fail(assigned.error());
        }
        if (assigned) {
            fitting.push_back(routine);
            if (leaves_none_out(*routine, *assigned)) {
                exact.push_back(routine);
            }
        }
    }
    if (exact.size() == 1) {
        fitting = exact;
    }
    if (fitting.size() != 1) {
        return wrong(fitting.empty()
                         ? "None of these takes the given values: " + signatures(candidates) + "."
                         : "More than one of these takes the given values: " + signatures(fitting) +
                               ".");
    }
    SLUICE_TRY(const Assigned assigned, assign(*fitting.front(), given));
    SLUICE_TRY(auto arguments, convert(*fitting.front(), assigned, other_dates));
    return BoundCall{fitting.front(), std::move(arguments)};
}

}  // namespace sluice::services::sql
