#include "services/sql/odbc/error.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

struct Rule {
    /// A whole state or a class (its first two characters).
    std::string_view state;
    ErrorKind kind;
    std::string_view message;
};

constexpr std::string_view kMisfit = "A value does not fit the type of its field.";
constexpr std::string_view kDenied = "The database does not allow this to its user.";
constexpr std::string_view kGone = "The database went away.";

/// First match counts: states stand before their classes.
constexpr std::array kRules{
    Rule{"21", ErrorKind::BadRequest, kMisfit},
    Rule{"22001", ErrorKind::BadRequest, "A value is too long for its field."},
    Rule{"22003", ErrorKind::BadRequest, "A number is out of the range of its field."},
    Rule{"22025", ErrorKind::BadRequest, "A pattern ends in its escape character."},
    Rule{"22", ErrorKind::BadRequest, kMisfit},
    Rule{"23502", ErrorKind::BadRequest, "A field can not be NULL."},
    Rule{"23505", ErrorKind::Conflict, "A record with the same key exists already."},
    Rule{"23", ErrorKind::BadRequest, "A constraint of the table refuses the record."},
    Rule{"25006", ErrorKind::ServiceUnavailable, "The database cannot be written to."},
    Rule{"25", ErrorKind::ServiceUnavailable, "Another change was in the way; try again."},
    Rule{"28", ErrorKind::Forbidden, kDenied},
    Rule{"40", ErrorKind::ServiceUnavailable, "Another change was in the way; try again."},
    Rule{"42501", ErrorKind::Forbidden, kDenied},
    Rule{"42S01", ErrorKind::Conflict, "A table with this name exists already."},
    Rule{"42S11", ErrorKind::Conflict, "An index with this name exists already."},
    Rule{"42S21", ErrorKind::Conflict, "A field with this name exists already."},
    Rule{"44", ErrorKind::BadRequest, "The view refuses the record."},
    Rule{"53", ErrorKind::ServiceUnavailable, "The database has run out of resources."},
    Rule{"57014", ErrorKind::UpstreamTimeout, "The database did not answer in time."},
    Rule{"HY008", ErrorKind::UpstreamTimeout, "The database did not answer in time."},
    Rule{"HYT", ErrorKind::UpstreamTimeout, "The database did not answer in time."},
    Rule{"HY001", ErrorKind::ServiceUnavailable, "The database has run out of resources."},
    Rule{"08", ErrorKind::ServiceUnavailable, kGone},
};

/// The Debian package that holds a driver of this name.
std::string_view package_of(std::string_view driver) {
    struct Known {
        std::string_view driver;
        std::string_view package;
    };
    static constexpr std::array kKnown{
        Known{"FreeTDS", "tdsodbc"},
        Known{"PostgreSQL Unicode", "odbc-postgresql"},
        Known{"PostgreSQL ANSI", "odbc-postgresql"},
        Known{"MariaDB Unicode", "odbc-mariadb"},
        Known{"MariaDB", "odbc-mariadb"},
        Known{"SQLite3", "libsqliteodbc"},
    };
    const auto known = std::ranges::find_if(
        kKnown, [driver](const Known& one) { return equals_ignoring_case(one.driver, driver); });
    return known == kKnown.end() ? std::string_view() : known->package;
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

std::string detail_of(const OdbcReport& report) {
    return report.sqlstate + " " + std::to_string(report.native) + ": " + report.message;
}

bool is_lost(const OdbcReport& report) {
    return report.sqlstate.empty() || report.sqlstate.starts_with("08") ||
           report.sqlstate == "HYT01" || report.sqlstate == "57P01" || report.sqlstate == "57P02" ||
           report.sqlstate == "57P03" ||
           // FreeTDS: read from, or write to, the server failed; the connection is dead.
           ((report.native == 20004 || report.native == 20006 || report.native == 20047) &&
            !report.sqlstate.starts_with("HYT"));
}

Error from_odbc(const OdbcReport& report) {
    const auto made = [&report](ErrorKind kind, std::string_view message) {
        return Error(kind, std::string(message)).with_detail(detail_of(report));
    };
    if (is_lost(report)) {
        return made(ErrorKind::ServiceUnavailable, kGone);
    }
    for (const Rule& rule : kRules) {
        if (report.sqlstate.starts_with(rule.state)) {
            return made(rule.kind, rule.message);
        }
    }
    return made(ErrorKind::Internal, "The database refused the statement.");
}

Error driver_is_missing(std::string_view driver) {
    const std::string_view package = package_of(driver);
    std::string message =
        "The ODBC driver '" + std::string(driver) + "' is not registered on this machine";
    message += package.empty() ? "; see what 'odbcinst -q -d' lists."
                               : "; on Debian, install the package '" + std::string(package) + "'.";
    return Error(ErrorKind::ServiceUnavailable, std::move(message));
}

Error from_failed_connect(const OdbcReport& report, std::string_view driver) {
    // "Can't open lib '...' : file not found", and a driver that is not in odbcinst.ini.
    if (report.sqlstate == "IM002" || report.sqlstate == "IM003" ||
        (report.sqlstate == "01000" && holds(report.message, "Can't open lib"))) {
        return driver_is_missing(driver).with_detail(detail_of(report));
    }
    struct Known {
        std::string_view part;
        std::string_view says;
    };
    static constexpr std::array kKnown{
        Known{"Login failed", "The database refuses the user name or the password."},
        Known{"authentication failed", "The database refuses the user name or the password."},
        Known{"Access denied", "The database refuses the user name or the password."},
        Known{"no password supplied", "The database asks for a password."},
        Known{"Cannot open database",
              "There is no database of this name on the server, or it does "
              "not let this user in."},
        Known{"Unknown database", "There is no database of this name on the server."},
        Known{"could not translate host name", "The host of the database is not known."},
        Known{"Unknown host", "The host of the database is not known."},
        Known{"Unknown MySQL server host", "The host of the database is not known."},
        Known{"too many", "The database takes no more connections."},
        Known{"certificate", "The certificate of the database is not trusted."},
        Known{"SSL", "The database and the server do not agree on encryption."},
        Known{"timeout", "The database did not answer in time."},
        Known{"timed out", "The database did not answer in time."},
    };
    std::string_view says = "The database cannot be reached.";
    if (report.native == 18456 || report.sqlstate.starts_with("28")) {
        says = kKnown.front().says;
    } else {
        for (const Known& known : kKnown) {
            if (holds(report.message, known.part)) {
                says = known.says;
                break;
            }
        }
    }
    return Error(ErrorKind::ServiceUnavailable, std::string(says)).with_detail(detail_of(report));
}

}  // namespace sluice::services::sql
