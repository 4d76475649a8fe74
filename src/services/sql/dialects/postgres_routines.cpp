#include "services/sql/dialects/postgres_routines.h"

#include "core/json_reader.h"
#include "services/sql/dialect.h"
#include "services/sql/dialects/postgres_columns.h"

namespace sluice::services::sql {
namespace {

/// A row for each parameter, with the routine beside it; one without a number where there are none.
/// $1 is the only schema or '', $2 the one whose routines need no prefix, $3 whether functions are
/// asked for. What answers triggers, takes or gives types that no client can write, or came with an
/// extension, is nobody's to call.
constexpr std::string_view kRoutines =
    "SELECT a.position, a.name, COALESCE(b.typname, t.typname), "
    "pg_catalog.format_type(a.type, -1), false, NULL, '', '', -1, a.mode, t.typcategory = 'A', "
    "r.* FROM (SELECT p.oid, n.nspname, p.proname, CASE WHEN n.nspname = $2::text "
    "THEN p.proname::text ELSE n.nspname || '.' || p.proname END AS shown, p.prokind = 'f', "
    "p.proretset, p.pronargdefaults, p.provariadic <> 0, "
    "CASE WHEN p.prokind = 'p' OR p.prorettype = 2278 THEN 'n' "
    "WHEN p.proargmodes && '{o,b,t}'::\"char\"[] THEN 'r' WHEN p.prorettype = 2249 THEN 'a' "
    "WHEN y.typtype = 'c' OR x.typtype = 'c' THEN 'r' ELSE 'v' END, "
    "pg_catalog.format_type(p.prorettype, NULL), COALESCE(x.typname, y.typname), "
    "pg_catalog.obj_description(p.oid, 'pg_proc'), "
    "COALESCE(p.proallargtypes, p.proargtypes::oid[]) AS types, p.proargnames, p.proargmodes "
    "FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
    "JOIN pg_catalog.pg_type y ON y.oid = p.prorettype "
    "LEFT JOIN pg_catalog.pg_type x ON y.typtype = 'd' AND x.oid = y.typbasetype "
    "WHERE (n.nspname = $1::text OR ($1::text = '' AND n.nspname <> 'information_schema' "
    "AND n.nspname !~ '^pg_')) AND CASE WHEN $3::boolean THEN p.prokind = 'f' "
    "ELSE p.prokind = 'p' OR (p.prokind = 'f' AND (p.prorettype = 2278 "
    "OR p.proargmodes && '{o,b}'::\"char\"[])) END "
    "AND (y.typtype <> 'p' OR p.prorettype IN (2278, 2249)) "
    "AND NOT EXISTS (SELECT 1 FROM unnest(p.proargtypes::oid[]) i(type) "
    "JOIN pg_catalog.pg_type q ON q.oid = i.type WHERE q.typtype = 'p') "
    "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.deptype = 'e' "
    "AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid) ";
constexpr std::string_view kParameters =
    ") r LEFT JOIN LATERAL (SELECT k.position, k.type, COALESCE(r.proargnames[k.position], '') "
    "AS name, COALESCE(r.proargmodes[k.position], 'i') AS mode "
    "FROM unnest(r.types) WITH ORDINALITY k(type, position)) a ON a.mode <> 't' "
    "LEFT JOIN pg_catalog.pg_type t ON t.oid = a.type "
    "LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype ";
constexpr std::string_view kOrder = "ORDER BY r.shown, r.oid, a.position";

/// The usual case, served by an index of the catalogue: $4 is the schema, $5 the name in it.
constexpr std::string_view kExactly = "AND n.nspname = $4::text AND p.proname = $5::text ";
/// Only ASCII letters match in another case, as roles and event names compare them.
constexpr std::string_view kAnyCase =
    "WHERE lower(r.shown COLLATE \"C\") = lower($4::text COLLATE \"C\") ";

/// Where the columns of the routine begin.
constexpr std::size_t kMode = 9;
constexpr std::size_t kIsArray = 10;
constexpr std::size_t kRoutine = 11;

Routine::Gives gives_of(const std::string& letter) {
    switch (letter.empty() ? 'v' : letter.front()) {
        case 'n':
            return Routine::Gives::Nothing;
        case 'r':
            return Routine::Gives::Record;
        case 'a':
            return Routine::Gives::RecordOfAnyForm;
        default:
            return Routine::Gives::Value;
    }
}

std::shared_ptr<Routine> routine_of(const Dialect& dialect, const RowList::Row& row) {
    auto routine = std::make_shared<Routine>();
    dialect.quote(routine->quoted, text_of(row[kRoutine + 1]));
    routine->quoted += ".";
    dialect.quote(routine->quoted, text_of(row[kRoutine + 2]));
    routine->name = text_of(row[kRoutine + 3]);
    routine->is_function = integer_of(row[kRoutine + 4]) != 0;
    routine->gives_many = integer_of(row[kRoutine + 5]) != 0;
    routine->gives = gives_of(text_of(row[kRoutine + 8]));
    RowList::Row result;
    for (std::string part :
         {std::string(), std::string(), text_of(row[kRoutine + 10]), text_of(row[kRoutine + 9])}) {
        result.add(Value(std::move(part)));
    }
    routine->returns = postgres_column(dialect, result);
    routine->description = text_of(row[kRoutine + 11]);
    return routine;
}

RoutineParameter parameter_of(const Dialect& dialect, const RowList::Row& row) {
    RoutineParameter parameter;
    parameter.column = postgres_column(dialect, row);
    parameter.column.noun = "Parameter";
    const std::string mode = text_of(row[kMode]);
    parameter.mode = mode == "o"   ? RoutineParameter::Mode::Out
                     : mode == "b" ? RoutineParameter::Mode::InOut
                                   : RoutineParameter::Mode::In;
    parameter.is_variadic = mode == "v";
    parameter.is_array = integer_of(row[kIsArray]) != 0;
    return parameter;
}

/// The last of those that take values have the defaults.
void mark_defaults(Routine& routine, std::int64_t count) {
    for (auto at = routine.parameters.rbegin(); at != routine.parameters.rend() && count > 0;
         ++at) {
        if (at->takes()) {
            at->has_default = true;
            --count;
        }
    }
}

std::vector<RoutineRef> routines_of(const Dialect& dialect, const RowList& rows) {
    std::vector<RoutineRef> routines;
    std::shared_ptr<Routine> routine;
    std::int64_t oid = 0;
    for (std::size_t i = 0; i < rows.rows().size(); ++i) {
        const RowList::Row& row = rows.rows()[i];
        if (const std::int64_t now = integer_of(row[kRoutine]); !routine || now != oid) {
            oid = now;
            routine = routine_of(dialect, row);
            routines.push_back(routine);
        }
        if (!is_null(row[0])) {
            routine->parameters.push_back(parameter_of(dialect, row));
        }
        const bool is_last =
            i + 1 == rows.rows().size() || integer_of(rows.rows()[i + 1][kRoutine]) != oid;
        if (is_last) {
            mark_defaults(*routine, integer_of(row[kRoutine + 6]));
        }
    }
    return routines;
}

void append_quoted_element(std::string& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        out.append(c == '"' || c == '\\' ? "\\" : "").push_back(c);
    }
    out.push_back('"');
}

void append_array(std::string& out, JsonReader& reader) {
    out.push_back('{');
    const std::size_t start = out.size();
    reader.open();
    while (reader.next_item()) {
        out.append(out.size() > start ? "," : "");
        switch (reader.peek()) {
            case JsonReader::Type::Array:
                append_array(out, reader);
                break;
            case JsonReader::Type::String:
                append_quoted_element(out, reader.string());
                break;
            case JsonReader::Type::Object:
                append_quoted_element(out, reader.raw());
                break;
            case JsonReader::Type::Null:
                reader.raw();
                out.append("NULL");
                break;
            default:
                out.append(reader.raw());
        }
    }
    out.push_back('}');
}

}  // namespace

std::optional<std::string> postgres_array(std::string_view json) {
    JsonReader reader(json);
    if (reader.peek() != JsonReader::Type::Array) {
        return std::nullopt;
    }
    std::string out;
    append_array(out, reader);
    return reader.finish("array") ? std::optional(std::move(out)) : std::nullopt;
}

Task<Result<std::vector<RoutineRef>>> PostgresRoutines::find(Session& session,
                                                             RoutineForm form,
                                                             std::optional<std::string> name,
                                                             Deadline deadline) const {
    const std::string bare = schema_.empty() ? "public" : schema_;
    const std::vector<Value> known{Value(schema_), Value(bare),
                                   Value(form == RoutineForm::Function)};
    RowList rows;
    if (!name) {
        Statement all{std::string(kRoutines), known};
        all.text.append(kParameters).append(kOrder);
        CO_CHECK(co_await session.read(all, rows, deadline));
        co_return routines_of(dialect_, rows);
    }
    const std::size_t dot = name->find('.');
    const bool is_dotted = dot != std::string::npos;
    for (const bool has_schema : {false, true}) {
        if (has_schema && !is_dotted) {
            break;
        }
        Statement exact{std::string(kRoutines), known};
        exact.text.append(kExactly).append(kParameters).append(kOrder);
        exact.values.emplace_back(has_schema ? name->substr(0, dot) : bare);
        exact.values.emplace_back(has_schema ? name->substr(dot + 1) : *name);
        CO_CHECK(co_await session.read(exact, rows, deadline));
        auto found = routines_of(dialect_, rows);
        std::erase_if(found, [&name](const RoutineRef& one) { return one->name != *name; });
        if (!found.empty()) {
            co_return found;
        }
    }
    Statement like{std::string(kRoutines), known};
    like.text.append(kParameters).append(kAnyCase).append(kOrder);
    like.values.emplace_back(*name);
    rows.reset();
    CO_CHECK(co_await session.read(like, rows, deadline));
    co_return routines_of(dialect_, rows);
}

RoutineCall PostgresRoutines::call(const Routine& routine, const Arguments& arguments) const {
    RoutineCall call;
    Statement& statement = call.statement;
    std::string list;
    bool are_all_named = true;
    for (const RoutineParameter& parameter : routine.parameters) {
        are_all_named = are_all_named && !(parameter.takes() && parameter.column.name.empty());
    }
    for (std::size_t i = 0; i < routine.parameters.size(); ++i) {
        const RoutineParameter& parameter = routine.parameters[i];
        const bool is_place = !parameter.takes() && !routine.is_function;
        if (!arguments[i] && !is_place) {
            continue;  // it has a default, or is no argument of a function
        }
        list.append(list.empty() ? "" : ", ").append(parameter.is_variadic ? "VARIADIC " : "");
        if (are_all_named && !parameter.column.name.empty()) {
            list.append(parameter.column.quoted).append(" => ");
        }
        if (is_place) {
            list.append("NULL");
            continue;
        }
        Value value = *arguments[i];
        if (const auto* text = std::get_if<std::string>(&value); text && parameter.is_array) {
            if (auto array = postgres_array(*text)) {
                value = std::move(*array);
            }
        }
        statement.values.push_back(std::move(value));
        list.append("$").append(std::to_string(statement.values.size()));
        list.append("::").append(parameter.column.db_type);
    }
    if (routine.is_function &&
        (routine.gives == Routine::Gives::RecordOfAnyForm ||
         (routine.gives == Routine::Gives::Value && routine.returns.kind == Kind::Json))) {
        call.columns.push_back({routine.returns.name, Kind::Json});
    }
    const std::string made = routine.quoted + "(" + list + ")";
    if (!routine.is_function) {
        statement.text = "CALL " + made;
    } else if (routine.gives == Routine::Gives::Record) {
        statement.text = "SELECT * FROM " + made;
    } else if (routine.gives == Routine::Gives::RecordOfAnyForm) {
        statement.text = "SELECT pg_catalog.row_to_json(" + made + ")";
    } else {
        statement.text = "SELECT " + made;
    }
    return call;
}

}  // namespace sluice::services::sql
