#include "services/sql/dialects/mysql_routines.h"

#include <map>

#include "core/fields.h"
#include "services/sql/dialect.h"
#include "services/sql/dialects/mysql_columns.h"
#include "services/sql/moment.h"

namespace sluice::services::sql {
namespace {

/// The server compares in its own collation, which is looser than ours.
constexpr std::string_view kRoutines =
    "SELECT ROUTINE_NAME, ROUTINE_SCHEMA, ROUTINE_COMMENT FROM information_schema.ROUTINES "
    "WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = ?";
/// Number 0 is what a function gives.
constexpr std::string_view kParameters =
    "SELECT COALESCE(PARAMETER_NAME, ''), DATA_TYPE, DTD_IDENTIFIER, 'YES', NULL, '', "
    "CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, "
    "SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE FROM information_schema.PARAMETERS "
    "WHERE SPECIFIC_SCHEMA = DATABASE() AND ROUTINE_TYPE = ?";

constexpr std::size_t kRoutine = 10;
constexpr std::size_t kPosition = 11;
constexpr std::size_t kMode = 12;

RoutineParameter parameter_of(Column column, const std::string& mode) {
    RoutineParameter parameter;
    parameter.column = std::move(column);
    parameter.column.noun = "Parameter";
    parameter.mode = mode == "OUT"     ? RoutineParameter::Mode::Out
                     : mode == "INOUT" ? RoutineParameter::Mode::InOut
                                       : RoutineParameter::Mode::In;
    return parameter;
}

}  // namespace

Task<Result<std::vector<RoutineRef>>> MysqlRoutines::find(Session& session,
                                                          RoutineForm form,
                                                          std::optional<std::string> name,
                                                          Deadline deadline) const {
    const bool is_function = form == RoutineForm::Function;
    Statement routines{std::string(kRoutines), {Value(is_function ? "FUNCTION" : "PROCEDURE")}};
    Statement parameters{std::string(kParameters), routines.values};
    if (name) {
        routines.text += " AND ROUTINE_NAME = ?";
        routines.values.emplace_back(*name);
        parameters.text += " AND SPECIFIC_NAME = ?";
        parameters.values.emplace_back(*name);
    }
    routines.text += " ORDER BY ROUTINE_NAME";
    parameters.text += " ORDER BY SPECIFIC_NAME, ORDINAL_POSITION";
    RowList rows;
    CO_CHECK(co_await session.read(routines, rows, deadline));
    std::vector<RoutineRef> found;
    std::map<std::string, std::shared_ptr<Routine>> by_name;
    for (const RowList::Row& row : rows.rows()) {
        auto routine = std::make_shared<Routine>();
        routine->name = text_of(row[0]);
        if (name && !equals_ignoring_case(routine->name, *name)) {
            continue;
        }
        dialect_.quote(routine->quoted, text_of(row[1]));
        routine->quoted += ".";
        dialect_.quote(routine->quoted, routine->name);
        routine->description = text_of(row[2]);
        routine->is_function = is_function;
        by_name[routine->name] = routine;
        found.push_back(std::move(routine));
    }
    if (found.empty()) {
        co_return found;
    }
    RowList described;
    CO_CHECK(co_await session.read(parameters, described, deadline));
    for (const RowList::Row& row : described.rows()) {
        const auto at = by_name.find(text_of(row[kRoutine]));
        if (at == by_name.end()) {
            continue;
        }
        Column column = mysql_column(dialect_, row, facts_->is_mariadb);
        Routine& routine = *at->second;
        if (integer_of(row[kPosition]) == 0) {
            routine.gives = Routine::Gives::Value;
            routine.returns = std::move(column);
            continue;
        }
        routine.parameters.push_back(parameter_of(std::move(column), text_of(row[kMode])));
    }
    co_return found;
}

RoutineCall MysqlRoutines::call(const Routine& routine, const Arguments& arguments) const {
    RoutineCall call;
    std::string given;
    call.statement.text = (routine.is_function ? "SELECT " : "CALL ") + routine.quoted + "(";
    for (std::size_t i = 0; i < routine.parameters.size(); ++i) {
        const RoutineParameter& parameter = routine.parameters[i];
        call.statement.text.append(i == 0 ? "" : ", ");
        Value value = arguments[i].value_or(Null{});
        if (parameter.gives() && giving_ == MysqlGiving::Variables) {
            const std::string variable = "@sluice_" + std::to_string(i + 1);
            call.before.push_back({"SET " + variable + " = ?", {std::move(value)}});
            call.statement.text.append(variable);
            given.append(given.empty() ? "SELECT " : ", ").append(variable).append(" AS ");
            given.append(parameter.column.quoted);
            call.columns.push_back({parameter.column.name, parameter.column.kind});
            continue;
        }
        const auto* text = std::get_if<std::string>(&value);
        // A parameter that gives must be a placeholder and nothing else.
        const bool is_instant = text != nullptr && parameter.column.keeps_offset &&
                                !parameter.gives() && has_offset(trimmed(*text));
        if (is_instant) {
            value = normal_moment(Kind::DateTime, trimmed(*text));
        }
        call.statement.text.append(is_instant ? dialect_.habits().instant : "?");
        call.statement.values.push_back(std::move(value));
    }
    call.statement.text.append(")");
    if (!given.empty()) {
        call.after = Statement{std::move(given), {}};
    } else if (routine.is_function && giving_ == MysqlGiving::Variables) {
        call.columns.push_back({routine.returns.name, routine.returns.kind});
    }
    return call;
}

}  // namespace sluice::services::sql
