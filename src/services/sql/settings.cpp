#include "services/sql/settings.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "services/sql/connectors.h"
#include "services/sql/one_statement.h"
#include "services/sql/sqlite/guard.h"

namespace sluice::services::sql {
namespace {

constexpr std::int64_t kMaxTime = 86'400'000;
/// The server's own caps over every service's `max_records` and `max_answer_bytes`.
constexpr std::int64_t kCeiling = 100'000'000;
constexpr std::int64_t kCeilingBytes = std::int64_t{1024} * 1024 * 1024;

/// As the incumbent has it.
constexpr std::int64_t kCacheSeconds = 18'000;
constexpr std::int64_t kMaxCacheSeconds = 31'536'000;

}  // namespace

tl::unexpected<Error> wrong(std::string_view field, std::string_view what) {
    return fail(ErrorKind::BadRequest,
                "The configuration field '" + std::string(field) + "' " + std::string(what) + ".");
}

Result<json::object> read_config(const store::ServiceRow& row) {
    auto parsed = parse_json(row.config, "configuration of service '" + row.name + "'");
    if (!parsed) {
        return fail(std::move(parsed).error());
    }
    if (!parsed->is_object()) {
        return fail(ErrorKind::BadRequest,
                    "The configuration of service '" + row.name + "' must be an object.");
    }
    return std::move(parsed->get_object());
}

Result<TableSettings> read_table_settings(const json::object& config) {
    TableSettings settings;
    const std::int64_t wanted = integer_or(config, "max_records", settings.max_records);
    if (wanted < 1) {
        return wrong("max_records", "must be at least 1");
    }
    settings.max_records = std::min(wanted, kCeiling);
    const std::int64_t bytes =
        integer_or(config, "max_answer_bytes", static_cast<std::int64_t>(kMaxAnswerBytes));
    if (bytes < 1) {
        return wrong("max_answer_bytes", "must be at least 1");
    }
    settings.max_answer_bytes = static_cast<std::size_t>(std::min(bytes, kCeilingBytes));
    settings.allows_upsert = boolean_or(config, "allow_upsert", false);
    const std::int64_t seconds = integer_or(config, "cache_ttl", kCacheSeconds);
    if (seconds < 0 || seconds > kMaxCacheSeconds) {
        return wrong("cache_ttl", "must be a number of seconds from 0 to 31536000");
    }
    if (boolean_or(config, "cache_enabled", false)) {
        settings.cache_time = std::chrono::seconds(seconds == 0 ? kCacheSeconds : seconds);
    }
    return settings;
}

Result<std::vector<std::string>> read_statements(const json::object& config) {
    std::vector<std::string> statements;
    const json::value* given = config.if_contains("statements");
    if (given == nullptr || given->is_null()) {
        return statements;
    }
    if (!given->is_array()) {
        return wrong("statements", "must be a list of texts");
    }
    for (const json::value& statement : given->get_array()) {
        if (!statement.is_string()) {
            return wrong("statements", "must be a list of texts");
        }
        statements.emplace_back(statement.get_string());
    }
    return statements;
}

Result<SqliteSettings> read_sqlite_settings(const json::object& config,
                                            const std::filesystem::path& data_folder) {
    const std::string_view database = trimmed(text_or(config, "database", ""));
    if (database.empty()) {
        return wrong("database", "must name the file of the database");
    }
    if (database.find('\0') != std::string_view::npos || database == ":memory:" ||
        database.starts_with("file:")) {
        return wrong("database", "must be the path of a file");
    }
    SqliteSettings settings;
    const std::filesystem::path path{std::string(database)};
    settings.path = (path.is_absolute() ? path : data_folder / path).string();
    settings.creates = boolean_or(config, "create", false);
    if (settings.creates && (path.is_absolute() || *path.lexically_normal().begin() == "..")) {
        return wrong("create", "is for files inside the data folder");
    }
    const std::string synchronous = lower_case(text_or(config, "synchronous", "full"));
    if (synchronous != "full" && synchronous != "normal") {
        return wrong("synchronous", "must be 'full' or 'normal'");
    }
    settings.syncs_every_commit = synchronous == "full";
    const std::int64_t wait = integer_or(config, "busy_timeout", settings.busy_timeout.count());
    settings.busy_timeout = std::chrono::milliseconds(std::clamp<std::int64_t>(wait, 0, 60'000));
    SLUICE_TRY(settings.statements, read_statements(config));
    return settings;
}

std::string plain_text(const json::object& config, std::string_view field) {
    const json::value* given = config.if_contains(field);
    if (given != nullptr && given->is_int64()) {
        return std::to_string(given->get_int64());
    }
    return std::string(text_or(config, field, ""));
}

Status check_port(const json::object& config) {
    if (plain_text(config, "port").empty()) {
        return {};
    }
    const std::int64_t number = integer_or(config, "port", 0);
    if (number < 1 || number > 65535) {
        return wrong("port", "must be a number from 1 to 65535");
    }
    return {};
}

Result<PostgresSettings> read_postgres_settings(const json::object& config) {
    static constexpr std::array<std::string_view, 6> kSslModes{
        "disable", "allow", "prefer", "require", "verify-ca", "verify-full"};
    PostgresSettings settings;
    const auto text = [&config](std::string_view field) { return plain_text(config, field); };
    const auto pass = [&](std::string_view field, const char* keyword) {
        std::string value = text(field);
        if (!value.empty()) {
            settings.keywords.emplace_back(keyword, std::move(value));
        }
    };
    if (text("database").empty()) {
        return wrong("database", "must name the database");
    }
    SLUICE_CHECK(check_port(config));
    const std::string charset = lower_case(text("charset"));
    if (!charset.empty() && charset != "utf8" && charset != "utf-8" && charset != "unicode") {
        return wrong("charset", "must be 'utf8'");
    }
    const std::string sslmode = lower_case(text("sslmode"));
    if (!sslmode.empty() && std::ranges::find(kSslModes, sslmode) == kSslModes.end()) {
        return wrong("sslmode",
                     "must be disable, allow, prefer, require, verify-ca or verify-full");
    }
    // A host is named even when none is configured: libpq would look for a local socket.
    settings.keywords.emplace_back("host", text("host").empty() ? "localhost" : text("host"));
    pass("port", "port");
    pass("database", "dbname");
    pass("username", "user");
    pass("password", "password");
    pass("sslmode", "sslmode");
    pass("application_name", "application_name");
    settings.schema = text("schema");
    settings.timezone = text("timezone");
    const std::int64_t time = integer_or(config, "statement_timeout", 0);
    if (time < 0 || time > kMaxTime) {
        return wrong("statement_timeout", "must be a number of milliseconds from 0 to 86400000");
    }
    settings.statement_timeout = std::chrono::milliseconds(time);
    SLUICE_TRY(settings.statements, read_statements(config));
    return settings;
}

namespace {

struct TlsWord {
    std::string_view word;
    MysqlSettings::Tls tls;
};
constexpr std::array kTlsWords{TlsWord{"disable", MysqlSettings::Tls::Off},
                               TlsWord{"prefer", MysqlSettings::Tls::Preferred},
                               TlsWord{"require", MysqlSettings::Tls::Required},
                               TlsWord{"verify-full", MysqlSettings::Tls::VerifyFull}};

/// These go into SQL of ours, between quotes.
bool is_word(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-+:/,. ").find(c) != std::string_view::npos;
    });
}

}  // namespace

Result<MysqlSettings> read_mysql_settings(const json::object& config) {
    const auto text = [&config](std::string_view field) { return plain_text(config, field); };
    MysqlSettings settings;
    settings.database = text("database");
    if (settings.database.empty()) {
        return wrong("database", "must name the database");
    }
    SLUICE_CHECK(check_port(config));
    settings.port = static_cast<unsigned>(integer_or(config, "port", settings.port));
    settings.host = text("host").empty() ? settings.host : text("host");
    settings.unix_socket = text("unix_socket");
    settings.username = text("username");
    settings.password = text("password");
    const std::string charset = lower_case(text("charset"));
    if (!charset.empty() && charset != "utf8mb4" && charset != "utf8") {
        return wrong("charset", "must be 'utf8mb4'");
    }
    settings.collation = text("collation");
    settings.timezone = text("timezone");
    settings.modes = text("modes");
    for (const std::string_view field : {"collation", "timezone", "modes"}) {
        if (!is_word(text(field))) {
            return wrong(field, "holds signs that no such name has");
        }
    }
    settings.is_strict = boolean_or(config, "strict", true);
    settings.uses_returning = boolean_or(config, "returning", true);
    if (const std::string word = lower_case(text("sslmode")); !word.empty()) {
        const auto found = std::ranges::find(kTlsWords, word, &TlsWord::word);
        if (found == kTlsWords.end()) {
            return wrong("sslmode", "must be disable, prefer, require or verify-full");
        }
        settings.tls = found->tls;
    }
    settings.ssl_ca = text("ssl_ca");
    settings.ssl_cert = text("ssl_cert");
    settings.ssl_key = text("ssl_key");
    SLUICE_TRY(settings.statements, read_statements(config));
    return settings;
}

Status check_sqlite_config(const json::object& config) {
    SLUICE_CHECK(read_table_settings(config));
    SLUICE_TRY(const auto settings, read_sqlite_settings(config, {}));
    SLUICE_CHECK(check_one_each(settings.statements, &is_one_sqlite_statement));
    return check_statements(settings.statements);
}

Status check_pgsql_config(const json::object& config) {
    SLUICE_CHECK(read_table_settings(config));
    SLUICE_TRY(const auto settings, read_postgres_settings(config));
    return check_one_each(settings.statements, &is_one_postgres_statement);
}

Status check_mysql_config(const json::object& config) {
    SLUICE_CHECK(read_table_settings(config));
    SLUICE_TRY(const auto settings, read_mysql_settings(config));
    return check_one_each(settings.statements, &is_one_mysql_statement);
}

}  // namespace sluice::services::sql
