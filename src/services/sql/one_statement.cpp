#include "services/sql/one_statement.h"

#include <string_view>

#include <sqlite3.h>

namespace sluice::services::sql {
namespace {

/// Whose texts and comments are read.
enum class Words { Sqlite, Postgres, Mysql, SqlServer };

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Behind the end of what begins at `at`: the whole rest when it does not end.
std::size_t after(std::string_view sql, std::string_view end, std::size_t at) {
    const std::size_t found = sql.find(end, at);
    return found == std::string_view::npos ? sql.size() : found + end.size();
}

/// Comments nest in PostgreSQL and SQL Server.
std::size_t after_comment(std::string_view sql, std::size_t at) {
    std::size_t depth = 0;
    while (at < sql.size()) {
        const std::string_view two = sql.substr(at, 2);
        if (two == "/*") {
            ++depth;
            at += 2;
        } else if (two == "*/") {
            at += 2;
            if (--depth == 0) {
                return at;
            }
        } else {
            ++at;
        }
    }
    return at;
}

/// A doubled quote is two texts side by side, which comes to the same. Only after `E` does a
/// backslash hide a quote.
std::size_t after_quoted(std::string_view sql, std::size_t at) {
    const bool has_escapes =
        at > 0 && (sql[at - 1] == 'E' || sql[at - 1] == 'e') && (at == 1 || !is_word(sql[at - 2]));
    const char quote = sql[at];
    for (++at; at < sql.size(); ++at) {
        if (sql[at] == quote) {
            return at + 1;
        }
        at += has_escapes && sql[at] == '\\' ? 1 : 0;
    }
    return sql.size();
}

std::size_t after_dollar(std::string_view sql, std::size_t at) {
    std::size_t end = at + 1;
    while (end < sql.size() && is_word(sql[end])) {
        ++end;
    }
    const bool is_parameter = end > at + 1 && sql[at + 1] >= '0' && sql[at + 1] <= '9';
    const bool is_in_name = at > 0 && is_word(sql[at - 1]);
    if (end >= sql.size() || sql[end] != '$' || is_parameter || is_in_name) {
        return at + 1;
    }
    return after(sql, sql.substr(at, end + 1 - at), end + 1);
}

/// Two dashes are a minus and a sign before most characters, and `/*!` hides from others what MySQL
/// runs. A backslash is a character like any other in our sessions.
std::size_t step_in_mysql(std::string_view sql, std::size_t at) {
    const std::string_view rest = sql.substr(at);
    const bool is_dashed = rest.starts_with("--") &&
                           (rest.size() == 2 || std::string_view(" \t\r\n\f\v").find(rest[2]) !=
                                                    std::string_view::npos);
    if (is_dashed || rest.front() == '#') {
        return after(sql, "\n", at);
    }
    if (rest.starts_with("/*") && !rest.starts_with("/*!") && !rest.starts_with("/*M!")) {
        return after(sql, "*/", at + 2);
    }
    const bool is_quote = std::string_view("'\"`").find(rest.front()) != std::string_view::npos;
    return is_quote ? after(sql, rest.substr(0, 1), at + 1) : at + 1;
}

std::size_t step_in_sqlserver(std::string_view sql, std::size_t at) {
    const std::string_view two = sql.substr(at, 2);
    if (two == "--") {
        return after(sql, "\n", at);
    }
    if (two == "/*") {
        return after_comment(sql, at);
    }
    switch (sql[at]) {
        case '\'':
        case '"':
            return after(sql, sql.substr(at, 1), at + 1);
        case '[':
            return after(sql, "]", at + 1);
        default:
            return at + 1;
    }
}

/// Behind the comment, text or other character at `at`.
std::size_t step(std::string_view sql, std::size_t at, Words words) {
    if (words == Words::Mysql) {
        return step_in_mysql(sql, at);
    }
    if (words == Words::SqlServer) {
        return step_in_sqlserver(sql, at);
    }
    const std::string_view two = sql.substr(at, 2);
    const bool is_postgres = words == Words::Postgres;
    if (two == "--") {
        return after(sql, "\n", at);
    }
    if (two == "/*") {
        return is_postgres ? after_comment(sql, at) : after(sql, "*/", at + 2);
    }
    if (is_postgres && (sql[at] == '\'' || sql[at] == '"')) {
        return after_quoted(sql, at);
    }
    return is_postgres && sql[at] == '$' ? after_dollar(sql, at) : at + 1;
}

/// Whether there is nothing from `at` but blanks, comments and semicolons.
bool is_idle(std::string_view sql, std::size_t at, Words words) {
    constexpr std::string_view kIdle = " \t\r\n\f\v;";
    constexpr std::string_view kComments = "-/#";
    while (at < sql.size()) {
        const std::size_t next = step(sql, at, words);
        const std::string_view& allowed = next > at + 1 ? kComments : kIdle;
        if (allowed.find(sql[at]) == std::string_view::npos) {
            return false;
        }
        at = next;
    }
    return true;
}

bool is_one(std::string_view sql, Words words) {
    bool has_begun = false;
    for (std::size_t at = 0; at < sql.size();) {
        if (sql[at] == ';' && has_begun) {
            return is_idle(sql, at, words);
        }
        const std::size_t next = step(sql, at, words);
        has_begun = has_begun || !is_idle(sql.substr(0, next), at, words);
        at = next;
    }
    return true;
}

}  // namespace

bool is_one_postgres_statement(const std::string& sql) {
    return is_one(sql, Words::Postgres);
}

bool is_one_mysql_statement(const std::string& sql) {
    return is_one(sql, Words::Mysql);
}

bool is_one_sqlserver_statement(const std::string& sql) {
    return is_one(sql, Words::SqlServer);
}

bool is_one_sqlite_statement(const std::string& sql) {
    for (std::size_t at = sql.find(';'); at != std::string::npos; at = sql.find(';', at + 1)) {
        const std::string until = sql.substr(0, at + 1);
        if (!is_idle(until, 0, Words::Sqlite) && sqlite3_complete(until.c_str()) != 0) {
            return is_idle(sql, at, Words::Sqlite);
        }
    }
    return true;
}

Status check_one_each(const std::vector<std::string>& statements,
                      bool (*is_one)(const std::string&)) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const std::string entry =
            "The configuration field 'statements': entry " + std::to_string(i + 1);
        if (statements[i].size() > kMaxStatement) {
            return fail(ErrorKind::BadRequest,
                        entry + " is longer than " + std::to_string(kMaxStatement) + " bytes.");
        }
        if (!is_one(statements[i])) {
            return fail(ErrorKind::BadRequest,
                        entry + " holds more than one statement; give each an entry of its own.");
        }
    }
    return {};
}

}  // namespace sluice::services::sql
