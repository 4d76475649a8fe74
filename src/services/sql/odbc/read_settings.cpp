#include "services/sql/odbc/read_settings.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/fields.h"
#include "services/sql/odbc/connection_string.h"
#include "services/sql/odbc/flavor.h"
#include "services/sql/one_statement.h"
#include "services/sql/settings.h"

namespace sluice::services::sql {
namespace {

using Words = std::span<const std::string_view>;

/// Of one shard.
constexpr std::int64_t kConnections = 8;
constexpr std::int64_t kMostConnections = 64;
constexpr std::size_t kMostValueBytes = 1024;
constexpr std::size_t kMostOptions = 50;

/// What every database service takes; the last three mean nothing here, and come from elsewhere.
constexpr std::array<std::string_view, 13> kCommonFields{
    "host",       "port",        "database",         "username",
    "password",   "schema",      "options",          "max_connections",
    "statements", "max_records", "max_answer_bytes", "allow_upsert",
    "driver"};
constexpr std::array<std::string_view, 5> kIgnoredFields{"cache_enabled", "cache_ttl", "attributes",
                                                         "id", "service_id"};
constexpr std::array<std::string_view, 6> kSqlsrvFields{
    "charset", "readonly", "pooling", "encrypt", "trust_server_certificate", "appname"};
constexpr std::array<std::string_view, 1> kOdbcFields{"dialect"};

constexpr std::string_view kFreeTds = "FreeTDS";
/// What can be asked of the drivers of SQL Server besides what has a field of its own.
constexpr std::array<std::string_view, 8> kFreeTdsOptions{
    "TDS_Version", "PacketSize", "TextSize",  "Language",
    "UseNTLMv2",   "REALM",      "ServerSPN", "MutualAuthentication"};
constexpr std::array<std::string_view, 12> kMicrosoftOptions{"Language",
                                                             "MultiSubnetFailover",
                                                             "HostNameInCertificate",
                                                             "ServerCertificate",
                                                             "ServerSPN",
                                                             "Regional",
                                                             "ConnectRetryCount",
                                                             "ConnectRetryInterval",
                                                             "TransparentNetworkIPResolution",
                                                             "KeepAlive",
                                                             "KeepAliveInterval",
                                                             "IpAddressPreference"};

bool holds(Words words, std::string_view word) {
    return std::ranges::any_of(
        words, [word](std::string_view other) { return equals_ignoring_case(other, word); });
}

std::string joined(Words words) {
    std::string out;
    for (const std::string_view word : words) {
        out.append(out.empty() ? "" : ", ").append(word);
    }
    return out;
}

bool is_plain(std::string_view value) {
    return value.size() <= kMostValueBytes && std::ranges::none_of(value, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

/// A field that nobody looks at is a slip of the pen: the service would run without what it asks.
Status check_fields(const json::object& config, Words own) {
    for (const auto& [field, value] : config) {
        const auto is_it = [name = std::string_view(field)](std::string_view known) {
            return known == name;
        };
        if (std::ranges::none_of(kCommonFields, is_it) &&
            std::ranges::none_of(kIgnoredFields, is_it) && std::ranges::none_of(own, is_it)) {
            return wrong(field, "is none that this type of service has");
        }
        if (value.is_string() && std::string_view(field) != "password" &&
            !is_plain(value.get_string())) {
            return wrong(field, "is too long, or holds control characters");
        }
    }
    if (config.contains("password") && !is_plain(plain_text(config, "password"))) {
        return wrong("password", "is too long, or holds control characters");
    }
    return {};
}

/// `known` empty: whatever may be a keyword, and has no field of its own.
Status add_options(const json::object& config, Words known, OdbcSettings& settings) {
    const json::value* given = config.if_contains("options");
    if (given == nullptr || given->is_null() || (given->is_array() && given->get_array().empty())) {
        return {};
    }
    if (!given->is_object() || given->get_object().size() > kMostOptions) {
        return wrong("options", "must be an object of names and values");
    }
    for (const auto& [name, value] : given->get_object()) {
        const std::string keyword(name);
        if (!known.empty() && !holds(known, keyword)) {
            return wrong("options", "knows no '" + keyword + "'; there are " + joined(known));
        }
        if (!is_free_keyword(keyword)) {
            return wrong("options", "may not hold '" + keyword + "'");
        }
        std::string text = value.is_bool() ? (value.get_bool() ? "1" : "0")
                                           : plain_text(given->get_object(), name);
        if ((!value.is_bool() && !value.is_string() && !value.is_int64()) || !is_plain(text)) {
            return wrong("options", "must give '" + keyword + "' a text or a number");
        }
        settings.keywords.emplace_back(keyword, std::move(text));
    }
    return {};
}

Status read_common(const json::object& config, std::string_view default_driver, OdbcService& out) {
    out.settings.driver = plain_text(config, "driver");
    if (out.settings.driver.empty()) {
        out.settings.driver = default_driver;
    }
    if (!is_driver_name(out.settings.driver)) {
        return wrong("driver",
                     "must be the name of a registered ODBC driver, as 'odbcinst -q -d' "
                     "lists them");
    }
    SLUICE_CHECK(check_port(config));
    out.schema = plain_text(config, "schema");
    out.host = plain_text(config, "host");
    out.port = plain_text(config, "port");
    const std::int64_t most = integer_or(config, "max_connections", kConnections);
    if (most < 1 || most > kMostConnections) {
        return wrong("max_connections", "must be a number from 1 to 64");
    }
    out.connections = static_cast<std::size_t>(most);
    SLUICE_TRY(out.settings.statements, read_statements(config));
    return {};
}

Status check_statements_of(const OdbcSettings& settings) {
    const std::string_view dialect = settings.flavor->dialect;
    return check_one_each(settings.statements, dialect == "postgres" ? &is_one_postgres_statement
                                               : dialect == "mysql"  ? &is_one_mysql_statement
                                               : dialect == "sqlite" ? &is_one_sqlite_statement
                                                                     : &is_one_sqlserver_statement);
}

void add(OdbcSettings& settings, std::string_view keyword, std::string value) {
    if (!value.empty()) {
        settings.keywords.emplace_back(keyword, std::move(value));
    }
}

/// true, false, "yes", "no", 1, 0; nothing when there is none.
Result<std::optional<bool>> yes_or_no(const json::object& config, std::string_view field) {
    const json::value* given = config.if_contains(field);
    if (given == nullptr || given->is_null()) {
        return std::optional<bool>();
    }
    if (given->is_bool()) {
        return std::optional(given->get_bool());
    }
    const std::string word = lower_case(plain_text(config, field));
    static constexpr std::array<std::string_view, 4> kYes{"yes", "true", "1", "mandatory"};
    static constexpr std::array<std::string_view, 4> kNo{"no", "false", "0", "optional"};
    if (word.empty()) {
        return std::optional<bool>();
    }
    if (holds(kYes, word) || holds(kNo, word)) {
        return std::optional(holds(kYes, word));
    }
    return wrong(field, "must be yes or no");
}

Status add_encryption(const json::object& config, bool is_free_tds, OdbcSettings& settings) {
    SLUICE_TRY(const auto encrypts, yes_or_no(config, "encrypt"));
    SLUICE_TRY(const auto trusts, yes_or_no(config, "trust_server_certificate"));
    if (!is_free_tds) {
        add(settings, "Encrypt", !encrypts ? "" : *encrypts ? "yes" : "no");
        add(settings, "TrustServerCertificate", !trusts ? "" : *trusts ? "yes" : "no");
        return {};
    }
    if (encrypts.value_or(false) && !trusts.value_or(false)) {
        return wrong("trust_server_certificate",
                     "must be true where 'encrypt' is: FreeTDS cannot be told here to check a "
                     "certificate. Microsoft's driver ('driver') can");
    }
    if (!encrypts.value_or(true) && trusts.has_value() && !*trusts) {
        return wrong("trust_server_certificate", "needs 'encrypt'");
    }
    add(settings, "Encryption", !encrypts ? "request" : *encrypts ? "require" : "off");
    return {};
}

/// SQLite's driver takes every `;` for the end of a value, whatever stands around it: what follows
/// would be keywords of its own, that load code among them.
Status check_braceless(const OdbcSettings& settings) {
    if (!settings.flavor->lacks_braces) {
        return is_driver_of_sqlite(settings.driver)
                   ? Status(wrong("driver", "is one of SQLite, which serves no other dialect"))
                   : Status();
    }
    for (const auto& [keyword, value] : settings.keywords) {
        const std::string field = keyword == "DATABASE" ? "database"
                                  : keyword == "PWD"    ? "password"
                                                        : "options";
        if (value.find_first_of(";{}") != std::string::npos || trimmed(value) != value) {
            return wrong(field, "holds a sign that drivers of this dialect cannot be given");
        }
        if (keyword == "DATABASE" && lower_case(value).starts_with("file:")) {
            return wrong(field, "must be the path of a file, and no URI");
        }
    }
    return {};
}

/// SQLite's driver reads all of an answer first unless it is told otherwise.
OdbcCursors cursors_of(const OdbcSettings& settings) {
    const bool steps = std::ranges::any_of(settings.keywords, [](const auto& keyword) {
        return equals_ignoring_case(keyword.first, "StepAPI") && keyword.second == "1";
    });
    return settings.flavor->dialect != "sqlite" || steps ? settings.flavor->cursors
                                                         : OdbcCursors::None;
}

}  // namespace

Result<OdbcService> read_sqlsrv_settings(const json::object& config) {
    SLUICE_CHECK(check_fields(config, kSqlsrvFields));
    OdbcService out;
    SLUICE_CHECK(read_common(config, kFreeTds, out));
    OdbcSettings& settings = out.settings;
    settings.flavor = find_flavor("sqlserver");
    settings.cursors = settings.flavor->cursors;
    if (out.host.empty()) {
        return wrong("host", "must name the server");
    }
    // These would be taken for something else than a host: another port, instance or protocol.
    if (out.host.find_first_of(",\\;{}") != std::string::npos) {
        return wrong("host", "must be a name or an address alone");
    }
    if (plain_text(config, "database").empty()) {
        return wrong("database", "must name the database");
    }
    const std::string charset = lower_case(plain_text(config, "charset"));
    if (!charset.empty() && charset != "utf-8" && charset != "utf8") {
        return wrong("charset", "must be 'utf-8'");
    }
    SLUICE_TRY(const auto reads_only, yes_or_no(config, "readonly"));
    SLUICE_TRY(const auto ignored, yes_or_no(config, "pooling"));
    static_cast<void>(ignored);
    out.port = out.port.empty() ? "1433" : out.port;
    const bool is_free_tds = equals_ignoring_case(settings.driver, kFreeTds);
    if (is_free_tds) {
        add(settings, "SERVER", out.host);
        add(settings, "PORT", out.port);
        add(settings, "ClientCharset", "UTF-8");
        const json::value* options = config.if_contains("options");
        const bool has_version = options != nullptr && options->is_object() &&
                                 std::ranges::any_of(options->get_object(), [](const auto& one) {
                                     return equals_ignoring_case(one.key(), "TDS_Version");
                                 });
        add(settings, "TDS_Version", has_version ? "" : "7.4");
    } else {
        add(settings, "SERVER", "tcp:" + out.host + "," + out.port);
    }
    add(settings, "DATABASE", plain_text(config, "database"));
    add(settings, "UID", plain_text(config, "username"));
    add(settings, "PWD", plain_text(config, "password"));
    add(settings, "APP", config.contains("appname") ? plain_text(config, "appname") : "sluice");
    add(settings, "ApplicationIntent", reads_only.value_or(false) ? "ReadOnly" : "");
    SLUICE_CHECK(add_encryption(config, is_free_tds, settings));
    SLUICE_CHECK(add_options(
        config, is_free_tds ? Words(kFreeTdsOptions) : Words(kMicrosoftOptions), settings));
    SLUICE_CHECK(check_braceless(settings));
    SLUICE_CHECK(check_statements_of(settings));
    return out;
}

Result<OdbcService> read_odbc_settings(const json::object& config) {
    SLUICE_CHECK(check_fields(config, kOdbcFields));
    OdbcService out;
    SLUICE_CHECK(read_common(config, "", out));
    OdbcSettings& settings = out.settings;
    settings.flavor = find_flavor(plain_text(config, "dialect"));
    if (settings.flavor == nullptr) {
        return wrong("dialect", "must be one of " + flavor_names());
    }
    add(settings, "SERVER", out.host);
    add(settings, "PORT", out.port);
    add(settings, "DATABASE", plain_text(config, "database"));
    add(settings, "UID", plain_text(config, "username"));
    add(settings, "PWD", plain_text(config, "password"));
    SLUICE_CHECK(add_options(config, {}, settings));
    SLUICE_CHECK(check_braceless(settings));
    SLUICE_CHECK(check_statements_of(settings));
    settings.cursors = cursors_of(settings);
    return out;
}

}  // namespace sluice::services::sql
