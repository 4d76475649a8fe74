#include "services/sql/postgres/error.h"

#include <algorithm>
#include <array>

#include <libpq-fe.h>

namespace sluice::services::sql {
namespace {

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string() : std::string(text);
}

struct Rule {
    /// A whole code or a class (its first two characters).
    std::string_view code;
    ErrorKind kind;
    std::string_view message;
};

/// First match counts: codes stand before their classes.
constexpr std::array kRules{
    Rule{"23503", ErrorKind::BadRequest,
         "A record that this one refers to does not exist, or other records still refer to it."},
    Rule{"23", ErrorKind::BadRequest, "A constraint of the table refuses the record."},
    Rule{"22001", ErrorKind::BadRequest, "A value is too long for its field."},
    Rule{"22003", ErrorKind::BadRequest, "A number is out of the range of its field."},
    Rule{"22025", ErrorKind::BadRequest, "A pattern ends in its escape character."},
    Rule{"22", ErrorKind::BadRequest, "A value does not fit the type of its field."},
    Rule{"42501", ErrorKind::Forbidden, "The database does not allow this to its user."},
    Rule{"42701", ErrorKind::Conflict, "A field with this name exists already."},
    Rule{"42846", ErrorKind::BadRequest, "The type of the field cannot become this one."},
    Rule{"0A000", ErrorKind::NotImplemented,
         "The database cannot do this, since other objects of it are in the way."},
    Rule{"42883", ErrorKind::BadRequest, "The field cannot be compared in this way."},
    Rule{"42804", ErrorKind::BadRequest, "A value does not fit the type of its field."},
    Rule{"428C9", ErrorKind::BadRequest, "A field that the database fills cannot be written."},
    Rule{"42803", ErrorKind::BadRequest, "Every field asked for must be in 'group' or aggregated."},
    Rule{"42P07", ErrorKind::Conflict, "A table or an index with this name exists already."},
    Rule{"42P16", ErrorKind::BadRequest, "A table can have one primary key."},
    Rule{"54011", ErrorKind::BadRequest, "The table would have too many fields."},
    Rule{"2BP01", ErrorKind::Conflict, "Other objects of the database depend on it."},
    Rule{"57014", ErrorKind::UpstreamTimeout, "The database did not answer in time."},
    Rule{"40", ErrorKind::ServiceUnavailable, "Another change was in the way; try again."},
    Rule{"55000", ErrorKind::BadRequest, "This view cannot be written to."},
    Rule{"55", ErrorKind::ServiceUnavailable, "The database is busy."},
    Rule{"25006", ErrorKind::ServiceUnavailable, "The database cannot be written to."},
    Rule{"53", ErrorKind::ServiceUnavailable, "The database has run out of resources."},
    Rule{"54", ErrorKind::BadRequest, "A value or the request is too big."},
    Rule{"57", ErrorKind::ServiceUnavailable, "The database is not available."},
    Rule{"58", ErrorKind::ServiceUnavailable, "The database is not available."},
    Rule{"08", ErrorKind::ServiceUnavailable, "The database is not available."},
};

/// "Key (name, owner)=(one, 2) already exists." -> "name, owner"
std::string key_of(std::string_view detail) {
    const std::size_t open = detail.find('(');
    const std::size_t close = detail.find(")=");
    return open == std::string_view::npos || close == std::string_view::npos || close < open
               ? std::string()
               : std::string(detail.substr(open + 1, close - open - 1));
}

/// Empty unless the server tells, in English. The value stays out: a trigger or default may have
/// made it.
std::string missing_record(const PostgresReport& report) {
    const std::string key = key_of(report.detail);
    if (key.empty() || report.detail.find("is not present in table") == std::string::npos) {
        return {};
    }
    return key.find(", ") == std::string::npos
               ? "Field '" + key + "' refers to a record that does not exist."
               : "The fields '" + key + "' refer to a record that does not exist.";
}

/// By whoever wrote the trigger or routine: with no code, with one that the server has for them,
/// or with one of a class that neither it nor the standard uses.
bool is_raised(std::string_view sqlstate) {
    static constexpr std::array<std::string_view, 4> kRaised{"P0001", "P0002", "P0003", "P0004"};
    static constexpr std::array<std::string_view, 9> kServers{"53", "54", "55", "57", "58",
                                                              "72", "HV", "P0", "XX"};
    if (std::ranges::find(kRaised, sqlstate) != kRaised.end()) {
        return true;
    }
    const std::string_view group = sqlstate.substr(0, 2);
    const bool is_free = !group.empty() && ((group[0] >= '5' && group[0] <= '9') ||
                                            (group[0] >= 'I' && group[0] <= 'Z') || group == "45");
    return is_free && std::ranges::find(kServers, group) == kServers.end();
}

std::string message_of(const PostgresReport& report, std::string_view fallback) {
    if (report.sqlstate == "23502") {
        return "Field '" + report.column + "' can not be NULL.";
    }
    if (report.sqlstate == "23503") {
        const std::string missing = missing_record(report);
        return missing.empty() ? std::string(fallback) : missing;
    }
    if (report.sqlstate == "23514") {
        return "The check '" + report.constraint + "' refuses the record.";
    }
    return std::string(fallback);
}

}  // namespace

PostgresReport report_of(const PGresult* result) {
    return {field(result, PG_DIAG_SQLSTATE),       field(result, PG_DIAG_MESSAGE_PRIMARY),
            field(result, PG_DIAG_MESSAGE_DETAIL), field(result, PG_DIAG_TABLE_NAME),
            field(result, PG_DIAG_COLUMN_NAME),    field(result, PG_DIAG_CONSTRAINT_NAME)};
}

Error from_sqlstate(const PostgresReport& report) {
    std::string detail = report.sqlstate + ": " + report.message;
    if (!report.detail.empty()) {
        detail += " (" + report.detail + ")";
    }
    if (report.sqlstate == "23505") {
        const std::string key = key_of(report.detail);
        const std::string what = key.empty() ? report.constraint : report.table + "." + key;
        return Error(ErrorKind::Conflict,
                     "A record with the same value of '" + what + "' exists already.")
            .with_detail(std::move(detail));
    }
    if (report.sqlstate == "23503" &&
        report.detail.find("is still referenced from table") != std::string::npos) {
        return Error(ErrorKind::Conflict, "Other records still refer to it.")
            .with_detail(std::move(detail));
    }
    if (is_raised(report.sqlstate)) {
        return Error(ErrorKind::BadRequest, report.message).with_detail(std::move(detail));
    }
    for (const Rule& rule : kRules) {
        if (report.sqlstate.starts_with(rule.code)) {
            return Error(rule.kind, message_of(report, rule.message))
                .with_detail(std::move(detail));
        }
    }
    if (report.sqlstate.empty()) {  // libpq's own words: the connection is gone
        return Error(ErrorKind::ServiceUnavailable, "The database went away.")
            .with_detail(std::move(detail));
    }
    return Error(ErrorKind::Internal, "The database refused the statement.")
        .with_detail(std::move(detail));
}

Error from_failed_connect(std::string_view message) {
    struct Known {
        std::string_view part;
        std::string_view says;
    };
    static constexpr std::array kKnown{
        Known{"password authentication failed",
              "The database refuses the user name or the password."},
        Known{"no password supplied", "The database asks for a password."},
        Known{"pg_hba.conf", "The database does not let this user in from here."},
        Known{"role \"", "The database does not know the user name."},
        Known{"database \"", "There is no database of this name on the server."},
        Known{"could not translate host name", "The host of the database is not known."},
        Known{"too many", "The database takes no more connections."},
        Known{"remaining connection slots", "The database takes no more connections."},
        Known{"SSL", "The database and the server do not agree on encryption ('sslmode')."},
        Known{"timeout", "The database did not answer in time."},
    };
    std::string_view says = "The database cannot be reached.";
    for (const Known& known : kKnown) {
        if (message.find(known.part) != std::string_view::npos) {
            says = known.says;
            break;
        }
    }
    return Error(ErrorKind::ServiceUnavailable, std::string(says))
        .with_detail(std::string(message));
}

bool is_stale_plan(std::string_view sqlstate, std::string_view message) {
    return sqlstate == "26000" ||
           (sqlstate == "0A000" && message.find("cached plan") != std::string_view::npos);
}

bool is_inside_routine(std::string_view sqlstate) {
    return (sqlstate.starts_with("42") && sqlstate != "42501") || sqlstate.starts_with("0A");
}

}  // namespace sluice::services::sql
