#include "services/sql/routines/routine.h"

#include <algorithm>

namespace sluice::services::sql {

bool Routine::gives_parameters() const {
    return !gives_many && std::ranges::any_of(parameters, &RoutineParameter::gives);
}

std::string Routine::signature() const {
    std::string text = name + "(";
    bool is_first = true;
    for (const RoutineParameter& parameter : parameters) {
        if (!parameter.takes()) {
            continue;
        }
        text.append(is_first ? "" : ", ").append(parameter.column.name);
        text.append(parameter.column.name.empty() ? "" : " ").append(parameter.column.db_type);
        is_first = false;
    }
    return text + ")";
}

}  // namespace sluice::services::sql
