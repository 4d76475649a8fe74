#include "services/sql/dialects/sqlserver_routines.h"

#include <algorithm>
#include <utility>

#include "core/fields.h"
#include "services/sql/dialect.h"
#include "services/sql/dialects/sqlserver_columns.h"

namespace sluice::services::sql {
namespace {

/// A row for each parameter, with the routine beside it; one without a number where there are none.
/// Number 0 is what a function gives. The values are the only schema or '' three times, as where
/// tables are listed, and what is asked for: 'P' or 'F'.
constexpr std::string_view kRoutines =
    "SELECT COALESCE(p.name, N''), COALESCE(b.name, t.name), p.max_length, p.precision, p.scale, "
    "1, 0, 0, NULL, p.parameter_id, p.is_output, "
    "CASE WHEN p.is_readonly = 1 OR p.is_cursor_ref = 1 THEN 1 ELSE 0 END, r.object_id, "
    "r.schema_name, r.routine_name, r.shown, r.gives, r.description "
    "FROM (SELECT o.object_id, s.name AS schema_name, o.name AS routine_name, "
    "CASE WHEN s.name = COALESCE(NULLIF(?, ''), SCHEMA_NAME()) THEN o.name "
    "ELSE s.name + N'.' + o.name END AS shown, "
    "CASE WHEN o.type IN ('P', 'PC') THEN 'P' WHEN o.type IN ('FN', 'FS') THEN 'V' "
    "ELSE 'T' END AS gives, CASE WHEN o.type IN ('P', 'PC') THEN 'P' ELSE 'F' END AS form, "
    "CAST(e.value AS NVARCHAR(4000)) AS description "
    "FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id "
    "LEFT JOIN sys.extended_properties e ON e.class = 1 AND e.major_id = o.object_id "
    "AND e.minor_id = 0 AND e.name = N'MS_Description' "
    "WHERE o.type IN ('P', 'PC', 'FN', 'FS', 'IF', 'TF', 'FT') AND o.is_ms_shipped = 0 "
    "AND s.name NOT IN (N'sys', N'INFORMATION_SCHEMA') AND (s.name = ? OR ? = '')) r "
    "LEFT JOIN sys.parameters p ON p.object_id = r.object_id "
    "LEFT JOIN sys.types t ON t.user_type_id = p.user_type_id "
    "LEFT JOIN sys.types b ON t.is_user_defined = 1 AND t.is_assembly_type = 0 "
    "AND b.user_type_id = t.system_type_id WHERE r.form = ?";
constexpr std::string_view kOneName = " AND r.shown COLLATE Latin1_General_BIN2 = ?";
constexpr std::string_view kOrder = " ORDER BY r.shown, r.object_id, p.parameter_id";

constexpr std::size_t kPosition = 9;
constexpr std::size_t kIsOutput = 10;
constexpr std::size_t kCannotBeGiven = 11;
constexpr std::size_t kRoutine = 12;

/// Names of parameters stand in no brackets: they are plain words, whatever a catalogue says.
bool is_variable(std::string_view name) {
    const auto is_sign = [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@' ||
               c == '#' || c == '$';
    };
    return name.size() > 1 && name.front() == '@' && std::ranges::all_of(name, is_sign);
}

struct Found {
    std::shared_ptr<Routine> routine;
    std::int64_t id = 0;
    bool is_callable = true;
};

Found routine_of(const Dialect& dialect, const RowList::Row& row) {
    Found found;
    found.id = integer_of(row[kRoutine]);
    found.routine = std::make_shared<Routine>();
    Routine& routine = *found.routine;
    dialect.quote(routine.quoted, text_of(row[kRoutine + 1]));
    routine.quoted += ".";
    dialect.quote(routine.quoted, text_of(row[kRoutine + 2]));
    routine.name = text_of(row[kRoutine + 3]);
    const std::string gives = text_of(row[kRoutine + 4]);
    routine.is_function = gives != "P";
    routine.gives_many = gives == "T";
    routine.gives = gives == "V"   ? Routine::Gives::Value
                    : gives == "T" ? Routine::Gives::Record
                                   : Routine::Gives::Nothing;
    routine.description = text_of(row[kRoutine + 5]);
    return found;
}

void add_parameter(Found& found, const Dialect& dialect, const RowList::Row& row) {
    Routine& routine = *found.routine;
    Column column = sqlserver_column(dialect, row);
    column.is_generated = false;
    if (integer_of(row[kPosition]) == 0) {
        routine.returns = std::move(column);
        return;
    }
    found.is_callable =
        found.is_callable && is_variable(column.name) && integer_of(row[kCannotBeGiven]) == 0;
    RoutineParameter parameter;
    parameter.mode = integer_of(row[kIsOutput]) != 0 ? RoutineParameter::Mode::InOut
                                                     : RoutineParameter::Mode::In;
    parameter.has_default = !routine.is_function;
    column.quoted = column.name;
    column.name.erase(0, column.name.starts_with('@') ? 1 : 0);
    finish(column);
    column.noun = "Parameter";
    parameter.column = std::move(column);
    routine.parameters.push_back(std::move(parameter));
}

std::vector<RoutineRef> routines_of(const Dialect& dialect, const RowList& rows) {
    std::vector<Found> all;
    for (const RowList::Row& row : rows.rows()) {
        if (all.empty() || all.back().id != integer_of(row[kRoutine])) {
            all.push_back(routine_of(dialect, row));
        }
        if (!is_null(row[kPosition])) {
            add_parameter(all.back(), dialect, row);
        }
    }
    std::vector<RoutineRef> routines;
    for (Found& found : all) {
        if (found.is_callable) {
            routines.push_back(std::move(found.routine));
        }
    }
    return routines;
}

void append_function(Statement& statement, const Routine& routine, const Arguments& arguments) {
    statement.text = (routine.gives_many ? "SELECT * FROM " : "SELECT ") + routine.quoted + "(";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        statement.text.append(i == 0 ? "?" : ", ?");
        statement.values.push_back(arguments[i].value_or(Null{}));
    }
    statement.text.append(")");
}

std::string given_variable(std::size_t index) {
    return "@given" + std::to_string(index + 1);
}

/// What the parameters give goes through variables of the batch: `DECLARE @given2 int = ?;`
void append_variables(Statement& statement, const Routine& routine, const Arguments& arguments) {
    std::string declared;
    for (std::size_t i = 0; i < routine.parameters.size(); ++i) {
        if (!routine.parameters[i].gives()) {
            continue;
        }
        declared.append(declared.empty() ? "DECLARE " : ", ").append(given_variable(i));
        declared.append(" ").append(routine.parameters[i].column.db_type);
        if (arguments[i]) {
            declared.append(" = ?");
            statement.values.push_back(*arguments[i]);
        }
    }
    statement.text.append(declared).append(declared.empty() ? "" : "; ");
}

void append_execution(Statement& statement, const Routine& routine, const Arguments& arguments) {
    statement.text.append("EXEC ").append(routine.quoted);
    std::string_view between = " ";
    for (std::size_t i = 0; i < routine.parameters.size(); ++i) {
        const RoutineParameter& parameter = routine.parameters[i];
        if (!arguments[i] && !parameter.gives()) {
            continue;  // it has a default, or the server says that it is missing
        }
        statement.text.append(std::exchange(between, ", ")).append(parameter.column.quoted);
        statement.text.append(" = ");
        if (parameter.gives()) {
            statement.text.append(given_variable(i)).append(" OUTPUT");
            continue;
        }
        statement.text.append("?");
        statement.values.push_back(*arguments[i]);
    }
}

}  // namespace

Task<Result<std::vector<RoutineRef>>> SqlServerRoutines::find(Session& session,
                                                              RoutineForm form,
                                                              std::optional<std::string> name,
                                                              Deadline deadline) const {
    const Value schema(schema_);
    Statement statement{std::string(kRoutines),
                        {schema, schema, schema, Value(form == RoutineForm::Function ? "F" : "P")}};
    RowList rows;
    if (name) {
        Statement one = statement;
        one.text.append(kOneName).append(kOrder);
        one.values.emplace_back(*name);
        CO_CHECK(co_await session.read(one, rows, deadline));
        auto found = routines_of(dialect_, rows);
        // A text is equal to one with blanks behind it there, and no name may lead round a role.
        std::erase_if(found, [&name](const RoutineRef& it) { return it->name != *name; });
        if (!found.empty()) {
            co_return found;
        }
        rows.reset();
    }
    statement.text.append(kOrder);
    CO_CHECK(co_await session.read(statement, rows, deadline));
    auto found = routines_of(dialect_, rows);
    if (name) {
        // Only ASCII letters match in another case, as roles and event names compare them.
        std::erase_if(found, [&name](const RoutineRef& it) {
            return !equals_ignoring_case(it->name, *name);
        });
    }
    co_return found;
}

RoutineCall SqlServerRoutines::call(const Routine& routine, const Arguments& arguments) const {
    RoutineCall call;
    Statement& statement = call.statement;
    if (routine.is_function) {
        append_function(statement, routine, arguments);
        return call;
    }
    append_variables(statement, routine, arguments);
    append_execution(statement, routine, arguments);
    std::string given;
    for (std::size_t i = 0; i < routine.parameters.size(); ++i) {
        if (routine.parameters[i].gives()) {
            given.append(given.empty() ? "; SELECT " : ", ").append(given_variable(i));
            given.append(" AS ");
            dialect_.quote(given, routine.parameters[i].column.name);
        }
    }
    statement.text.append(given);
    return call;
}

}  // namespace sluice::services::sql
