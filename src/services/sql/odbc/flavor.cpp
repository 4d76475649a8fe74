#include "services/sql/odbc/flavor.h"

#include <algorithm>
#include <array>

#include <sqlite3.h>

#include "services/sql/mysql/error.h"
#include "services/sql/odbc/error.h"
#include "services/sql/odbc/postgres_report.h"
#include "services/sql/odbc/sqlserver_error.h"
#include "services/sql/postgres/error.h"
#include "services/sql/sqlite/connection.h"

namespace sluice::services::sql {
namespace {

bool never(const OdbcReport&) {
    return false;
}

bool is_inside_postgres(const OdbcReport& report) {
    return is_inside_routine(report.sqlstate);
}

Error of_mysql(const OdbcReport& report) {
    return report.native > 0
               ? from_mysql({static_cast<unsigned>(report.native), report.sqlstate, report.message})
               : from_odbc(report);
}

bool ends_in_mysql(const OdbcReport& report) {
    return report.native > 0 && ends_transaction(static_cast<unsigned>(report.native));
}

/// The driver tells the plain code alone.
int extended_code_of(int code, std::string_view message) {
    struct Known {
        std::string_view opening;
        int code;
    };
    static constexpr std::array kKnown{
        Known{"UNIQUE", SQLITE_CONSTRAINT_UNIQUE},
        Known{"NOT NULL", SQLITE_CONSTRAINT_NOTNULL},
        Known{"CHECK", SQLITE_CONSTRAINT_CHECK},
        Known{"FOREIGN KEY", SQLITE_CONSTRAINT_FOREIGNKEY},
    };
    if (code != SQLITE_CONSTRAINT) {
        return code;
    }
    for (const Known& known : kKnown) {
        if (message.starts_with(std::string(known.opening) + " constraint failed")) {
            return known.code;
        }
    }
    return message.starts_with("datatype") ? SQLITE_MISMATCH : SQLITE_CONSTRAINT_TRIGGER;
}

/// What a server says to those who may not look at the table referred to.
bool is_nameless_in_mysql(const OdbcReport& report) {
    return report.native == 1216;
}

bool is_reference_in_sqlite(const OdbcReport& report) {
    return report.message.starts_with("FOREIGN KEY constraint failed");
}

/// "UNIQUE constraint failed: t.n (19)": the driver keeps the number short, and repeats it.
Error of_sqlite(const OdbcReport& report) {
    std::string message = report.message;
    const std::string number = " (" + std::to_string(report.native) + ")";
    if (message.ends_with(number)) {
        message.resize(message.size() - number.size());
    }
    return report.native > 0 ? from_sqlite(extended_code_of(report.native, message), message)
                             : from_odbc(report);
}

const std::array kFlavors{
    OdbcFlavor{.dialect = "sqlserver",
               .has_brackets = true,
               .words = {"BEGIN TRANSACTION", "COMMIT TRANSACTION", "ROLLBACK TRANSACTION",
                         "SAVE TRANSACTION", "ROLLBACK TRANSACTION", ""},
               // What indexed views and computed columns ask for, and one reading of dates.
               .set_up = {"SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, "
                          "CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON",
                          "SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS, XACT_ABORT, NOCOUNT OFF",
                          "SET DATEFORMAT ymd"},
               .has_query_timeout = true,
               .cursors = OdbcCursors::Fetched,
               .error_of = from_sqlserver,
               .is_inside_routine = never,
               .ends_transaction = ends_in_sqlserver,
               .broke_nameless_reference = is_missing_record},
    OdbcFlavor{.dialect = "postgres",
               .placeholders = Placeholders::Numbered,
               .words = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "ROLLBACK TO SAVEPOINT",
                         "RELEASE SAVEPOINT"},
               .set_up = {"SET standard_conforming_strings = on"},
               .cursors = OdbcCursors::Declared,
               .error_of = from_postgres_odbc,
               .is_inside_routine = is_inside_postgres,
               .ends_transaction = never,
               .broke_nameless_reference = never},
    OdbcFlavor{.dialect = "mysql",
               .words = {"START TRANSACTION", "COMMIT", "ROLLBACK", "SAVEPOINT",
                         "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT"},
               .set_up = {"SET SESSION sql_mode = CONCAT_WS(',', 'STRICT_ALL_TABLES', "
                          "'NO_BACKSLASH_ESCAPES', 'ERROR_FOR_DIVISION_BY_ZERO', "
                          "'NO_ENGINE_SUBSTITUTION', 'NO_ZERO_DATE', 'NO_ZERO_IN_DATE', "
                          "'NO_AUTO_VALUE_ON_ZERO', 'NO_UNSIGNED_SUBTRACTION')"},
               .reads_to_the_end = true,
               .error_of = of_mysql,
               .is_inside_routine = never,
               .ends_transaction = ends_in_mysql,
               .broke_nameless_reference = is_nameless_in_mysql},
    OdbcFlavor{.dialect = "sqlite",
               .lacks_braces = true,
               .words = {"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT",
                         "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT"},
               .set_up = {"PRAGMA foreign_keys = ON", "PRAGMA case_sensitive_like = OFF"},
               .cursors = OdbcCursors::Fetched,
               .error_of = of_sqlite,
               .is_inside_routine = never,
               .ends_transaction = never,
               .broke_nameless_reference = is_reference_in_sqlite},
};

}  // namespace

const OdbcFlavor* find_flavor(std::string_view dialect) {
    const auto found = std::ranges::find(kFlavors, dialect, &OdbcFlavor::dialect);
    return found == kFlavors.end() ? nullptr : &*found;
}

std::string flavor_names() {
    std::string names;
    for (const OdbcFlavor& flavor : kFlavors) {
        names.append(names.empty() ? "" : ", ").append(flavor.dialect);
    }
    return names;
}

}  // namespace sluice::services::sql
