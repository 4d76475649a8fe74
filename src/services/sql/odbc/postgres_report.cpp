#include "services/sql/odbc/postgres_report.h"

#include "services/sql/odbc/error.h"

namespace sluice::services::sql {
namespace {

/// What stands in quotes after `opening`.
std::string quoted_after(std::string_view message, std::string_view opening) {
    const std::size_t found = message.find(opening);
    if (found == std::string_view::npos) {
        return {};
    }
    const std::size_t start = found + opening.size();
    return std::string(message.substr(start, message.find('"', start) - start));
}

}  // namespace

PostgresReport postgres_report(const OdbcReport& report) {
    std::string_view text = report.message;
    text = text.substr(0, text.rfind(";\nError while "));
    const std::size_t severity = text.find(": ");
    if (severity != std::string_view::npos && severity < 12) {  // ERROR, FATAL, PANIC
        text.remove_prefix(severity + 2);
    }
    PostgresReport parts;
    parts.sqlstate = report.sqlstate;
    const std::size_t line = text.find("\nDETAIL: ");
    parts.message = text.substr(0, line);
    if (line != std::string_view::npos) {
        parts.detail = text.substr(line + std::string_view("\nDETAIL: ").size());
    }
    parts.column = quoted_after(parts.message, "in column \"");
    parts.constraint = quoted_after(parts.message, "constraint \"");
    if (parts.constraint.empty() && report.sqlstate.starts_with("23")) {
        parts.table = quoted_after(parts.message, "relation \"");
    }
    return parts;
}

Error from_postgres_odbc(const OdbcReport& report) {
    return report.sqlstate.starts_with("HY") || report.sqlstate.starts_with("IM")
               ? from_odbc(report)
               : from_sqlstate(postgres_report(report));
}

}  // namespace sluice::services::sql
