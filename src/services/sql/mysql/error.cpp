#include "services/sql/mysql/error.h"

#include <algorithm>
#include <array>

#include <mariadb/mysql.h>

#include "services/sql/failure_words.h"

namespace sluice::services::sql {
namespace {

struct Rule {
    unsigned code;
    ErrorKind kind;
    std::string_view message;
};

constexpr std::string_view kStillReferred = "Other records still refer to it.";
constexpr std::string_view kTooMany = "The database takes no more connections.";
constexpr std::string_view kGone = "The database went away.";
constexpr std::string_view kTooManyDigits = "A field has more digits than the database allows.";
constexpr std::string_view kLate = "The database did not answer in time.";

/// Codes of the server from 1000 on, of libmariadb from 2000 on.
constexpr std::array kRules{
    Rule{1021, ErrorKind::ServiceUnavailable, kOutOfResources},  // disk full
    Rule{1037, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1038, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1040, ErrorKind::ServiceUnavailable, kTooMany},
    Rule{1041, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1044, ErrorKind::Forbidden, kDenied},
    Rule{1050, ErrorKind::Conflict, "A table with this name exists already."},
    Rule{1053, ErrorKind::ServiceUnavailable, kNotAvailable},
    Rule{1055, ErrorKind::BadRequest, "Every field asked for must be in 'group' or aggregated."},
    Rule{1059, ErrorKind::BadRequest, "A name is longer than the database allows."},
    Rule{1060, ErrorKind::Conflict, "A field with this name exists already."},
    Rule{1061, ErrorKind::Conflict, "An index with this name exists already."},
    Rule{1067, ErrorKind::BadRequest, "A default does not fit its field."},
    Rule{1068, ErrorKind::BadRequest, "A table can have one primary key."},
    Rule{1069, ErrorKind::BadRequest, "The table would have too many keys."},
    Rule{1071, ErrorKind::BadRequest, "A field is too long to be a key."},
    Rule{1074, ErrorKind::BadRequest, "A field is longer than the database allows."},
    Rule{1101, ErrorKind::BadRequest, "A field of this type takes no default."},
    Rule{1114, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1117, ErrorKind::BadRequest, "The table would have too many fields."},
    Rule{1118, ErrorKind::BadRequest, "The fields are too long for one row."},
    Rule{1138, ErrorKind::BadRequest, "A field that shall not be NULL is NULL in some records."},
    Rule{1142, ErrorKind::Forbidden, kDenied},
    Rule{1143, ErrorKind::Forbidden, kDenied},
    Rule{1153, ErrorKind::BadRequest, kTooBig},
    Rule{1170, ErrorKind::BadRequest, "A field of unlimited length cannot be a key."},
    Rule{1203, ErrorKind::ServiceUnavailable, kTooMany},
    Rule{1205, ErrorKind::ServiceUnavailable, kInTheWay},
    Rule{1206, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1213, ErrorKind::ServiceUnavailable, kInTheWay},
    Rule{1216, ErrorKind::BadRequest, "A record that this one refers to does not exist."},
    Rule{1217, ErrorKind::Conflict, kStillReferred},
    Rule{1226, ErrorKind::ServiceUnavailable, kTooMany},
    Rule{1227, ErrorKind::Forbidden, kDenied},
    Rule{1264, ErrorKind::BadRequest, kOutOfRange},
    Rule{1265, ErrorKind::BadRequest, kMisfit},
    Rule{1267, ErrorKind::BadRequest, "The field cannot be compared in this way."},
    Rule{1288, ErrorKind::BadRequest, kViewNotWritable},
    Rule{1290, ErrorKind::ServiceUnavailable, kNotWritable},
    Rule{1292, ErrorKind::BadRequest, kMisfit},
    Rule{1301, ErrorKind::BadRequest, kTooBig},
    Rule{1317, ErrorKind::UpstreamTimeout, kLate},
    Rule{1348, ErrorKind::BadRequest, kViewNotWritable},
    Rule{1366, ErrorKind::BadRequest, kMisfit},
    Rule{1369, ErrorKind::BadRequest, "The view refuses the record."},
    Rule{1370, ErrorKind::Forbidden, kDenied},
    Rule{1393, ErrorKind::BadRequest, kViewNotWritable},
    Rule{1394, ErrorKind::BadRequest, kViewNotWritable},
    Rule{1395, ErrorKind::BadRequest, kViewNotWritable},
    Rule{1406, ErrorKind::BadRequest, kTooLong},
    Rule{1411, ErrorKind::BadRequest, kMisfit},
    Rule{1416, ErrorKind::BadRequest, kMisfit},
    Rule{1425, ErrorKind::BadRequest, kTooManyDigits},
    Rule{1426, ErrorKind::BadRequest, kTooManyDigits},
    Rule{1451, ErrorKind::Conflict, kStillReferred},
    Rule{1452, ErrorKind::BadRequest, "A record that this one refers to does not exist."},
    Rule{1461, ErrorKind::ServiceUnavailable, kOutOfResources},  // prepared statements
    Rule{1471, ErrorKind::BadRequest, kViewNotWritable},
    Rule{1525, ErrorKind::BadRequest, kMisfit},
    Rule{1690, ErrorKind::BadRequest, kOutOfRange},
    Rule{1701, ErrorKind::Conflict, kDependsOnIt},
    Rule{1792, ErrorKind::ServiceUnavailable, kNotWritable},
    Rule{1828, ErrorKind::Conflict, kDependsOnIt},
    Rule{1829, ErrorKind::Conflict, kDependsOnIt},
    Rule{1832, ErrorKind::Conflict, kDependsOnIt},
    Rule{1833, ErrorKind::Conflict, kDependsOnIt},
    Rule{1834, ErrorKind::Conflict, kDependsOnIt},
    Rule{1836, ErrorKind::ServiceUnavailable, kNotWritable},
    Rule{1906, ErrorKind::BadRequest, "A field that the database fills cannot be written."},
    Rule{1969, ErrorKind::UpstreamTimeout, kLate},
    Rule{2020, ErrorKind::BadRequest, kTooBig},
    Rule{3024, ErrorKind::UpstreamTimeout, kLate},
    Rule{3105, ErrorKind::BadRequest, "A field that the database fills cannot be written."},
    Rule{3140, ErrorKind::BadRequest, kMisfit},
    Rule{3572, ErrorKind::ServiceUnavailable, kInTheWay},
    Rule{3730, ErrorKind::Conflict, kDependsOnIt},
};
static_assert(std::ranges::is_sorted(kRules, {}, &Rule::code));

/// 2057: a statement now gives other columns than it was prepared with, and its rows are under way.
constexpr std::array kLost{1053U, 1152U, 1158U, 1159U, 1160U, 1161U, 1927U,
                           2000U, 2006U, 2013U, 2014U, 2027U, 2055U, 2057U};

/// What stands between the last `opening` and the quote that ends it: "... for key 'x'" -> x.
/// Values of a client's own stand before it.
std::string quoted_after(std::string_view message, std::string_view opening, char quote = '\'') {
    const std::size_t found = message.rfind(opening);
    if (found == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = message.substr(found + opening.size());
    const std::size_t end = rest.rfind(quote);
    return std::string(rest.substr(0, end));
}

/// "Field 'x' doesn't have a default value" -> x
std::string first_quoted(std::string_view message) {
    const std::size_t open = message.find('\'');
    const std::size_t close = message.find('\'', open + 1);
    return open == std::string_view::npos || close == std::string_view::npos
               ? std::string()
               : std::string(message.substr(open + 1, close - open - 1));
}

/// "... fails (`db`.`a`, CONSTRAINT `x` FOREIGN KEY (`b`, `c`) REFERENCES ..." -> b, c
std::string own_fields(std::string_view message) {
    constexpr std::string_view kOpening = " FOREIGN KEY (`";
    const std::size_t open = message.find(kOpening);
    const std::size_t close = message.find("`) REFERENCES `", std::min(open, message.size()));
    if (open == std::string_view::npos || close == std::string_view::npos) {
        return {};
    }
    std::string fields;
    const std::size_t start = open + kOpening.size();
    for (std::size_t i = start; i < close; ++i) {  // quotes of names are doubled inside
        fields.append(message[i] != '`' || message[i - 1] == '`' ? 1 : 0, message[i]);
    }
    return fields;
}

/// By whoever wrote the trigger or routine: under a state that neither the server nor the standard
/// uses.
bool is_raised(std::string_view sqlstate) {
    const std::string_view group = sqlstate.substr(0, 2);
    const bool is_free = !group.empty() && ((group[0] >= '5' && group[0] <= '9') ||
                                            (group[0] >= 'I' && group[0] <= 'Z'));
    return group == "45" || (is_free && group != "70" && group != "XA");
}

std::optional<Error> named(const MysqlReport& report) {
    if (is_raised(report.sqlstate)) {
        return Error(ErrorKind::BadRequest, report.message);
    }
    switch (report.code) {
        case 1022:
        case 1062:
        case 1169:
        case 1586: {
            const std::string key = quoted_after(report.message, "for key '");
            return Error(ErrorKind::Conflict,
                         key.empty()
                             ? "A record with the same key exists already."
                             : "A record with the same value of '" + key + "' exists already.");
        }
        case 1048:
        case 1364:
            return Error(ErrorKind::BadRequest,
                         "Field '" + first_quoted(report.message) + "' can not be NULL.");
        case 3819:
            return Error(ErrorKind::BadRequest,
                         "The check '" + first_quoted(report.message) + "' refuses the record.");
        case 4025: {
            // "CONSTRAINT `x` failed for `db`.`table`"
            const std::size_t open = report.message.find('`');
            const std::size_t close = report.message.find('`', open + 1);
            const std::string name =
                close == std::string::npos ? "" : report.message.substr(open + 1, close - open - 1);
            return Error(ErrorKind::BadRequest, "The check '" + name + "' refuses the record.");
        }
        case 1452: {
            const std::string fields = own_fields(report.message);
            if (fields.empty()) {
                return std::nullopt;
            }
            return Error(
                ErrorKind::BadRequest,
                fields.find(", ") == std::string::npos
                    ? "Field '" + fields + "' refers to a record that does not exist."
                    : "The fields '" + fields + "' refer to a record that does not exist.");
        }
        case 1643:
        case 1644:  // under another state
            return Error(ErrorKind::BadRequest, report.message);
        default:
            return std::nullopt;
    }
}

}  // namespace

MysqlReport report_of(st_mysql* handle) {
    return {mysql_errno(handle), mysql_sqlstate(handle), mysql_error(handle)};
}

MysqlReport report_of(st_mysql_stmt* statement) {
    return {mysql_stmt_errno(statement), mysql_stmt_sqlstate(statement),
            mysql_stmt_error(statement)};
}

bool is_lost(unsigned code) {
    return std::ranges::find(kLost, code) != kLost.end();
}

bool ends_transaction(unsigned code) {
    return code == 1213 || code == 1614;
}

Error from_mysql(const MysqlReport& report) {
    std::string detail =
        std::to_string(report.code) + " (" + report.sqlstate + "): " + report.message;
    if (auto error = named(report)) {
        return std::move(*error).with_detail(std::move(detail));
    }
    if (is_lost(report.code)) {
        return Error(ErrorKind::ServiceUnavailable, std::string(kGone))
            .with_detail(std::move(detail));
    }
    const auto rule = std::ranges::lower_bound(kRules, report.code, {}, &Rule::code);
    if (rule != kRules.end() && rule->code == report.code) {
        return Error(rule->kind, std::string(rule->message)).with_detail(std::move(detail));
    }
    return Error(ErrorKind::Internal, "The database refused the statement.")
        .with_detail(std::move(detail));
}

Error from_failed_connect(const MysqlReport& report) {
    struct Known {
        unsigned code;
        std::string_view says;
    };
    static constexpr std::array kKnown{
        Known{1040, kTooMany},
        Known{1044, "The database does not let this user into it."},
        Known{1045, "The database refuses the user name or the password."},
        Known{1049, "There is no database of this name on the server."},
        Known{1129, "The database has blocked this server after failed attempts."},
        Known{1130, "The database does not let this user in from here."},
        Known{1203, kTooMany},
        Known{1226, kTooMany},
        Known{1115, "The database does not know utf8mb4."},
        Known{1273, "The database does not know the collation ('collation')."},
        Known{1253, "The collation is none of utf8mb4 ('collation')."},
        Known{1298, "The database does not know the time zone ('timezone')."},
        Known{1231, "The database does not take the session's settings."},
        Known{1251, "The database asks for a way to log in that is not supported."},
        Known{1275, "The database asks for a way to log in that is not supported."},
        Known{1524, "The database asks for a way to log in that is not supported."},
        Known{1698, "The database refuses the user name or the password."},
        Known{2005, "The host of the database is not known."},
        Known{2026, "The database and the server do not agree on encryption ('sslmode')."},
        Known{2059, "The database asks for a way to log in that is not supported."},
        Known{2061, "The database asks for a way to log in that is not supported."},
    };
    const auto known = std::ranges::find(kKnown, report.code, &Known::code);
    return Error(ErrorKind::ServiceUnavailable, known == kKnown.end()
                                                    ? "The database cannot be reached."
                                                    : std::string(known->says))
        .with_detail(std::to_string(report.code) + ": " + report.message);
}

}  // namespace sluice::services::sql
