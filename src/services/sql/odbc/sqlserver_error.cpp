#include "services/sql/odbc/sqlserver_error.h"

#include <algorithm>
#include <array>
#include <optional>

#include "services/sql/failure_words.h"
#include "services/sql/odbc/error.h"

namespace sluice::services::sql {
namespace {

struct Rule {
    int number;
    ErrorKind kind;
    std::string_view message;
};

constexpr std::string_view kFilledByDatabase = "A field that the database fills cannot be written.";
constexpr std::string_view kNotComparable = "The field cannot be compared in this way.";

constexpr std::array kRules{
    Rule{202, ErrorKind::BadRequest, kNotComparable},
    Rule{206, ErrorKind::BadRequest, kMisfit},
    Rule{220, ErrorKind::BadRequest, kOutOfRange},
    Rule{229, ErrorKind::Forbidden, kDenied},
    Rule{230, ErrorKind::Forbidden, kDenied},
    Rule{232, ErrorKind::BadRequest, kOutOfRange},
    Rule{235, ErrorKind::BadRequest, kMisfit},
    Rule{241, ErrorKind::BadRequest, kMisfit},
    Rule{242, ErrorKind::BadRequest, kMisfit},
    Rule{244, ErrorKind::BadRequest, kOutOfRange},
    Rule{245, ErrorKind::BadRequest, kMisfit},
    Rule{246, ErrorKind::BadRequest, kOutOfRange},
    Rule{248, ErrorKind::BadRequest, kOutOfRange},
    Rule{257, ErrorKind::BadRequest, kMisfit},
    Rule{260, ErrorKind::BadRequest, kMisfit},
    Rule{262, ErrorKind::Forbidden, kDenied},
    Rule{271, ErrorKind::BadRequest, kFilledByDatabase},
    Rule{272, ErrorKind::BadRequest, kFilledByDatabase},
    Rule{273, ErrorKind::BadRequest, kFilledByDatabase},
    Rule{295, ErrorKind::BadRequest, kMisfit},
    Rule{297, ErrorKind::Forbidden, kDenied},
    Rule{300, ErrorKind::Forbidden, kDenied},
    Rule{306, ErrorKind::BadRequest, kNotComparable},
    Rule{402, ErrorKind::BadRequest, kNotComparable},
    Rule{468, ErrorKind::BadRequest, kNotComparable},
    Rule{544, ErrorKind::BadRequest, kFilledByDatabase},
    Rule{550, ErrorKind::BadRequest, "The view refuses the record."},
    Rule{596, ErrorKind::ServiceUnavailable, kNotAvailable},
    Rule{701, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{802, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{911, ErrorKind::ServiceUnavailable, kNotAvailable},
    Rule{916, ErrorKind::Forbidden, kDenied},
    Rule{1088, ErrorKind::Forbidden, kDenied},
    Rule{1101, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1105, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1204, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{1205, ErrorKind::ServiceUnavailable, kInTheWay},
    Rule{1222, ErrorKind::ServiceUnavailable, kInTheWay},
    Rule{1505, ErrorKind::Conflict, "Records with the same value are there already."},
    Rule{1750, ErrorKind::BadRequest, "The constraint cannot be made."},
    Rule{1785, ErrorKind::BadRequest, "The reference would lead to one table in several ways."},
    Rule{1801, ErrorKind::Conflict, "A database with this name exists already."},
    Rule{1913, ErrorKind::Conflict, "An index with this name exists already."},
    Rule{1919, ErrorKind::BadRequest, "A field of unlimited length cannot be a key."},
    Rule{2705, ErrorKind::Conflict, "A field with this name exists already."},
    Rule{2714, ErrorKind::Conflict, "A table with this name exists already."},
    Rule{2717, ErrorKind::BadRequest, "A field is longer than the database allows."},
    Rule{3609, ErrorKind::BadRequest, "A trigger of the table refuses the record."},
    Rule{3701, ErrorKind::Forbidden,
         "There is no such table, or the database does not allow this to "
         "its user."},
    Rule{3726, ErrorKind::Conflict, kDependsOnIt},
    Rule{3906, ErrorKind::ServiceUnavailable, kNotWritable},
    Rule{3908, ErrorKind::ServiceUnavailable, kNotWritable},
    Rule{3960, ErrorKind::ServiceUnavailable, kInTheWay},
    Rule{4405, ErrorKind::BadRequest, kViewNotWritable},
    Rule{4406, ErrorKind::BadRequest, kViewNotWritable},
    Rule{4426, ErrorKind::BadRequest, kViewNotWritable},
    Rule{4815, ErrorKind::BadRequest, kTooLong},
    Rule{4901, ErrorKind::BadRequest,
         "A field that shall not be NULL has no value in the records "
         "that are there."},
    Rule{4902, ErrorKind::Forbidden, kDenied},
    Rule{4922, ErrorKind::Conflict, kDependsOnIt},
    Rule{4924, ErrorKind::BadRequest, "There is no such field."},
    Rule{4928, ErrorKind::BadRequest, "A field of this sort cannot be changed."},
    Rule{5074, ErrorKind::Conflict, kDependsOnIt},
    Rule{8003, ErrorKind::BadRequest, "The request has more values than the database takes."},
    Rule{8101, ErrorKind::BadRequest, kFilledByDatabase},
    Rule{8102, ErrorKind::BadRequest, kFilledByDatabase},
    Rule{8114, ErrorKind::BadRequest, kMisfit},
    Rule{8115, ErrorKind::BadRequest, kOutOfRange},
    Rule{8116, ErrorKind::BadRequest, kNotComparable},
    Rule{8117, ErrorKind::BadRequest, "The function cannot be used on this field."},
    Rule{8120, ErrorKind::BadRequest, "Every field asked for must be in 'group' or aggregated."},
    Rule{8152, ErrorKind::BadRequest, kTooLong},
    Rule{8169, ErrorKind::BadRequest, kMisfit},
    Rule{8623, ErrorKind::BadRequest, kTooBig},
    Rule{8631, ErrorKind::BadRequest, kTooBig},
    Rule{8632, ErrorKind::BadRequest, kTooBig},
    Rule{8645, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{8651, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{9002, ErrorKind::ServiceUnavailable, kOutOfResources},
    Rule{15247, ErrorKind::Forbidden, kDenied},
    Rule{15335, ErrorKind::Conflict, "A field with this name exists already."},
};
static_assert(std::ranges::is_sorted(kRules, {}, &Rule::number));

/// `... column 'x', table ...` -> x
std::string quoted_after(std::string_view message, std::string_view opening, char quote = '\'') {
    const std::size_t found = message.find(opening);
    if (found == std::string_view::npos) {
        return {};
    }
    const std::size_t start = found + opening.size();
    return std::string(message.substr(start, message.find(quote, start) - start));
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

Error reference_or_check(const OdbcReport& report) {
    const std::string constraint = quoted_after(report.message, "constraint \"", '"');
    if (holds(report.message, "CHECK constraint")) {
        return {ErrorKind::BadRequest, "The check '" + constraint + "' refuses the record."};
    }
    if (holds(report.message, "REFERENCE constraint")) {
        return {ErrorKind::Conflict, "Other records still refer to it."};
    }
    return {ErrorKind::BadRequest, "A record that this one refers to does not exist."};
}

/// "Violation of UNIQUE KEY constraint 'x'. Cannot insert duplicate key in object 'dbo.t'. ..." and
/// "Cannot insert duplicate key row in object 'dbo.t' with unique index 'x'. ...": the values stand
/// behind both.
Error duplicate(const OdbcReport& report) {
    std::string key =
        quoted_after(report.message, report.native == 2627 ? " constraint '" : "unique index '");
    return {ErrorKind::Conflict,
            key.empty() ? "A record with the same key exists already."
                        : "A record with the same value of '" + key + "' exists already."};
}

std::optional<Error> named(const OdbcReport& report) {
    switch (report.native) {
        case 515:
            return Error(
                ErrorKind::BadRequest,
                "Field '" + quoted_after(report.message, "column '") + "' can not be NULL.");
        case 547:
            return reference_or_check(report);
        case 2601:
        case 2627:
            return duplicate(report);
        case 2628: {
            const std::string column = quoted_after(report.message, "column '");
            return Error(ErrorKind::BadRequest, "A value is too long for field '" + column + "'.");
        }
        default:
            break;
    }
    if (report.native >= 50000) {  // the words of whoever wrote the trigger
        return Error(ErrorKind::BadRequest, report.message);
    }
    return std::nullopt;
}

}  // namespace

bool ends_in_sqlserver(const OdbcReport& report) {
    return report.native == 1205 || report.native == 3960 || report.native == 3609;
}

bool is_missing_record(const OdbcReport& report) {
    return report.native == 547 && holds(report.message, "FOREIGN KEY");
}

Error from_sqlserver(const OdbcReport& report) {
    if (auto error = named(report)) {
        return std::move(*error).with_detail(detail_of(report));
    }
    const auto rule = std::ranges::lower_bound(kRules, report.native, {}, &Rule::number);
    if (rule != kRules.end() && rule->number == report.native) {
        return Error(rule->kind, std::string(rule->message)).with_detail(detail_of(report));
    }
    return from_odbc(report);
}

}  // namespace sluice::services::sql
