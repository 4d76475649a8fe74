#include "services/sql/mysql/connect.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <system_error>
#include <vector>

#include <mariadb/mysql.h>
#include <sys/socket.h>

#include "core/fields.h"
#include "core/log.h"
#include "services/sql/mysql/connect_watch.h"
#include "services/sql/mysql/error.h"
#include "services/sql/mysql/row_guard.h"

namespace sluice::services::sql {
namespace {

constexpr unsigned kReturningSince = 100'500;
constexpr unsigned kKillSeconds = 5;
/// How long the server waits for us to take more of a long list, which we do as its client does:
/// one as slow as may be takes four minutes over what the kernel may hold for it.
constexpr unsigned kSlowClientSeconds = 600;
/// Bytes until a connection is set up: certificates, and a few words.
constexpr std::uint64_t kMaxGreeting = std::uint64_t{1} << 20U;
/// Bytes of one packet meanwhile, and of the one value that is asked for.
constexpr unsigned long kMaxSetUpPacket = 64UL << 10U;
constexpr unsigned long kMaxAsked = 4UL << 10U;
/// The library's own stack of a connection; TLS is done there, too.
constexpr std::size_t kStackBytes = std::size_t{128} << 10U;
/// A row, or a statement with its values. The server has a bound of its own, 16 MB by default.
constexpr unsigned long kMaxPacket = 64UL << 20U;
/// None of these sends the password in the clear, whatever the server asks for. Over an encrypted
/// connection `dialog` and the like would be safe, yet nothing says so before the server asks.
constexpr const char* kLogins =
    "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519";

/// Modes that change what our own words mean. What a group may ask for the planner checks; MariaDB
/// would refuse what a grouped key decides.
constexpr std::array<std::string_view, 15> kUnwanted{"ANSI",
                                                     "ANSI_QUOTES",
                                                     "DB2",
                                                     "MAXDB",
                                                     "MSSQL",
                                                     "MYSQL323",
                                                     "MYSQL40",
                                                     "ORACLE",
                                                     "POSTGRESQL",
                                                     "TRADITIONAL",
                                                     "HIGH_NOT_PRECEDENCE",
                                                     "IGNORE_SPACE",
                                                     "PAD_CHAR_TO_FULL_LENGTH",
                                                     "EMPTY_STRING_IS_NULL",
                                                     "ONLY_FULL_GROUP_BY"};
constexpr std::array<std::string_view, 7> kWanted{
    "NO_BACKSLASH_ESCAPES",       "NO_AUTO_VALUE_ON_ZERO", "NO_ENGINE_SUBSTITUTION",
    "ERROR_FOR_DIVISION_BY_ZERO", "NO_ZERO_DATE",          "NO_ZERO_IN_DATE",
    "NO_UNSIGNED_SUBTRACTION"};
constexpr std::array<std::string_view, 2> kStrict{"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

void set_text(MYSQL* handle, mysql_option option, const std::string& text) {
    if (!text.empty()) {
        mysql_optionsv(handle, option, text.c_str());
    }
}

void set_number(MYSQL* handle, mysql_option option, unsigned number) {
    mysql_optionsv(handle, option, &number);
}

void set_flag(MYSQL* handle, mysql_option option, bool is_on) {
    const my_bool flag = is_on ? 1 : 0;
    mysql_optionsv(handle, option, &flag);
}

/// A server that asks for a file of ours is refused, whatever the flags of the connection say.
void refuse_files(MYSQL* handle) {
    set_number(handle, MYSQL_OPT_LOCAL_INFILE, 0);
    mysql_set_local_infile_handler(
        handle, [](void**, const char*, void*) { return 1; },
        [](void*, char*, unsigned) { return -1; }, [](void*) {},
        [](void*, char* message, unsigned size) {
            static constexpr std::string_view kRefused = "no files are sent";
            message[kRefused.copy(message, size - 1)] = '\0';
            return 1;
        },
        nullptr);
}

void set_tls(MYSQL* handle, const MysqlSettings& settings) {
    const bool is_on = settings.tls != MysqlSettings::Tls::Off && settings.unix_socket.empty();
    set_flag(handle, MYSQL_OPT_SSL_ENFORCE, is_on);
    set_flag(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT,
             is_on && settings.tls == MysqlSettings::Tls::VerifyFull);
    if (is_on) {
        set_text(handle, MYSQL_OPT_SSL_CA, settings.ssl_ca);
        set_text(handle, MYSQL_OPT_SSL_CERT, settings.ssl_cert);
        set_text(handle, MYSQL_OPT_SSL_KEY, settings.ssl_key);
    }
}

bool is_too_open(MYSQL* handle, const MysqlSettings& settings) {
    return settings.tls >= MysqlSettings::Tls::Required && settings.unix_socket.empty() &&
           mysql_get_ssl_cipher(handle) == nullptr;
}

/// Runs one statement; rows are dropped as they come.
Status run(MYSQL* handle, const std::string& sql) {
    if (mysql_real_query(handle, sql.data(), sql.size()) != 0) {
        return fail(from_failed_connect(report_of(handle)));
    }
    if (MYSQL_RES* rows = mysql_use_result(handle)) {
        while (mysql_fetch_row(rows) != nullptr) {
        }
        mysql_free_result(rows);
    }
    return {};
}

/// The value that a statement answers; a server that has more to say is not believed.
Result<std::string> ask(MYSQL* handle, const std::string& sql) {
    if (mysql_real_query(handle, sql.data(), sql.size()) != 0) {
        return fail(from_failed_connect(report_of(handle)));
    }
    std::string value;
    bool is_one = false;
    MYSQL_RES* rows = mysql_use_result(handle);
    if (const MYSQL_ROW row = rows == nullptr ? nullptr : mysql_fetch_row(rows)) {
        const unsigned long length = mysql_fetch_lengths(rows)[0];
        is_one = length <= kMaxAsked;
        if (is_one && row[0] != nullptr) {
            value.assign(row[0], length);
        }
        is_one = is_one && mysql_fetch_row(rows) == nullptr;
    }
    if (!is_one) {  // else the rest would be read
        ::shutdown(static_cast<int>(mysql_get_socket(handle)), SHUT_RDWR);
    }
    mysql_free_result(rows);
    if (!is_one) {
        return fail(from_failed_connect({0, "", "the server answers what it was not asked"}));
    }
    return value;
}

/// Settings are checked to hold letters, digits and a few signs; still no quote may pass.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c != '\'' && c != '\\') {
            out.push_back(c);
        }
    }
    return out + "'";
}

/// What it ran.
Result<std::vector<std::string>> set_up(MYSQL* handle, const MysqlSettings& settings) {
    SLUICE_TRY(const auto mode, ask(handle, "SELECT @@SESSION.sql_mode"));
    const std::string& given = settings.modes.empty() ? mode : settings.modes;
    std::string set = "SET SESSION sql_mode = " + quoted(session_mode(given, settings.is_strict)) +
                      ", autocommit = 1, net_write_timeout = " + std::to_string(kSlowClientSeconds);
    if (!settings.timezone.empty()) {
        set += ", time_zone = " + quoted(settings.timezone);
    }
    std::string names = "SET NAMES utf8mb4";
    if (!settings.collation.empty()) {
        names += " COLLATE " + quoted(settings.collation);
    }
    std::vector<std::string> all{std::move(set), std::move(names)};
    for (const std::string& statement : all) {
        SLUICE_CHECK(run(handle, statement));
    }
    for (const std::string& statement : settings.statements) {
        if (!run(handle, statement)) {
            return fail(from_mysql(report_of(handle)));
        }
        all.push_back(statement);
    }
    return all;
}

Result<MysqlHandle> open(const MysqlSettings& settings, unsigned timeout_seconds) {
    MysqlHandle owner(mysql_init(nullptr));
    MYSQL* handle = owner.get();
    if (handle == nullptr) {
        return fail(from_failed_connect({0, "", "out of memory"}));
    }
    mysql_optionsv(handle, MYSQL_OPT_NONBLOCK, &kStackBytes);
    set_number(handle, MYSQL_OPT_CONNECT_TIMEOUT, timeout_seconds);
    set_number(handle, MYSQL_OPT_READ_TIMEOUT, timeout_seconds);
    set_number(handle, MYSQL_OPT_WRITE_TIMEOUT, timeout_seconds);
    mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_optionsv(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &kMaxPacket);
    mysql_optionsv(handle, MARIADB_OPT_RESTRICTED_AUTH, kLogins);
    mysql_optionsv(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "sluice");
    set_flag(handle, MYSQL_OPT_RECONNECT, false);
    const bool uses_socket = !settings.unix_socket.empty();
    // "localhost" would mean a local socket, which is where a client's library was told it is.
    set_number(handle, MYSQL_OPT_PROTOCOL,
               uses_socket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP);
    refuse_files(handle);
    ConnectWatch::attach(handle);
    set_tls(handle, settings);
    const MYSQL* connected = mysql_real_connect(
        handle, uses_socket ? nullptr : settings.host.c_str(), settings.username.c_str(),
        settings.password.c_str(), settings.database.empty() ? nullptr : settings.database.c_str(),
        uses_socket ? 0 : settings.port, uses_socket ? settings.unix_socket.c_str() : nullptr,
        CLIENT_FOUND_ROWS);
    if (connected == nullptr) {
        return fail(from_failed_connect(report_of(handle)));
    }
    if (is_too_open(handle, settings)) {
        return fail(from_failed_connect({2026, "", "the server offers no encryption"}));
    }
    if (!guard_rows(handle)) {
        static std::once_flag once;
        std::call_once(once, [] {
            log::warn("services",
                      "libmariadb is another than Sluice was built with: rows of a MySQL server "
                      "that means harm are not looked through");
        });
    }
    return owner;
}

/// `connect` under the limits of the whole. A server may take the time of one read for each of two.
template <typename Connect>
auto watched(unsigned timeout_seconds, const Connect& connect) -> decltype(connect()) {
    try {
        const ConnectWatch watch(std::chrono::seconds(2 * timeout_seconds), kMaxGreeting);
        return connect();
    } catch (const std::system_error& thrown) {
        return fail(from_failed_connect({0, "", thrown.what()}));
    }
}

}  // namespace

void CloseMysql::operator()(st_mysql* handle) const {
    mysql_close(handle);
}

std::string session_mode(std::string_view given, bool is_strict) {
    std::vector<std::string> modes;
    const auto add = [&modes](std::string_view mode) {
        if (std::ranges::find(modes, mode) == modes.end()) {
            modes.emplace_back(mode);
        }
    };
    while (!given.empty()) {
        const std::size_t comma = std::min(given.find(','), given.size());
        std::string mode(trimmed(given.substr(0, comma)));
        std::ranges::transform(mode, mode.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        given.remove_prefix(std::min(comma + 1, given.size()));
        if (!mode.empty() && !holds(kUnwanted, mode) && !holds(kStrict, mode)) {
            add(mode);
        }
    }
    std::ranges::for_each(kWanted, add);
    if (is_strict) {
        std::ranges::for_each(kStrict, add);
    }
    std::string joined;
    for (const std::string& mode : modes) {
        joined += (joined.empty() ? "" : ",") + mode;
    }
    return joined;
}

Result<MysqlLink> connect_mysql(const MysqlSettings& settings, unsigned timeout_seconds) {
    const auto connect = [&settings, timeout_seconds]() -> Result<MysqlLink> {
        SLUICE_TRY(auto handle, open(settings, timeout_seconds));
        handle->net.max_packet_size = kMaxSetUpPacket;
        SLUICE_TRY(auto statements, set_up(handle.get(), settings));
        handle->net.max_packet_size = kMaxPacket;
        return MysqlLink{std::move(handle), std::move(statements)};
    };
    return watched(timeout_seconds, connect);
}

MysqlFacts facts_of(st_mysql* handle, const MysqlSettings& settings) {
    MysqlFacts facts;
    facts.is_mariadb = mariadb_connection(handle) != 0;
    facts.has_returning = facts.is_mariadb && settings.uses_returning &&
                          mysql_get_server_version(handle) >= kReturningSince;
    return facts;
}

void kill_query(const MysqlSettings& settings, unsigned long thread_id) {
    const auto connect = [&settings, thread_id]() -> Result<MysqlHandle> {
        SLUICE_TRY(auto handle, open(settings, kKillSeconds));
        SLUICE_CHECK(run(handle.get(), "KILL QUERY " + std::to_string(thread_id)));
        return handle;
    };
    static_cast<void>(watched(kKillSeconds, connect));
}

}  // namespace sluice::services::sql
