#include "store/sqlite_database.h"

#include <cerrno>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "store/role_index.h"

namespace sluice::store {
namespace {

// Another process (the command line beside a running server) may be writing; its transactions are
// short.
constexpr int kBusyTimeoutMs = 5000;

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// Leaves a statement ready for its next use, whatever came of this one.
class Rewind {
public:
    explicit Rewind(sqlite3_stmt* statement) : statement_(statement) {}
    Rewind(const Rewind&) = delete;
    Rewind& operator=(const Rewind&) = delete;
    ~Rewind() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }

private:
    sqlite3_stmt* statement_;
};

Error error_of(sqlite3* database) {
    const int code = sqlite3_extended_errcode(database);
    const std::string detail = sqlite3_errmsg(database);
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
            return Error(ErrorKind::Conflict, "A record with the same unique value already exists.")
                .with_detail(detail);
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return Error(ErrorKind::BadRequest, "A record that this one refers to does not exist.")
                .with_detail(detail);
        default:
            break;
    }
    switch (code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
            return Error(ErrorKind::ServiceUnavailable,
                         "The system database is not available at the moment.")
                .with_detail(detail);
        default:
            return Error(ErrorKind::Internal, "The system database refused a statement.")
                .with_detail(detail);
    }
}

int bind(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    }
    if (std::holds_alternative<std::monostate>(value)) {
        return sqlite3_bind_null(statement, index);
    }
    return sqlite3_bind_int64(statement, index, integer_of(value));
}

Value value_at(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL:
            return std::monostate{};
        case SQLITE_INTEGER:
            return std::int64_t{sqlite3_column_int64(statement, column)};
        default: {
            const auto* text =
                reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
            return text == nullptr ? std::string() : std::string(text, size);
        }
    }
}

class SqliteDatabase final : public Database {
public:
    explicit SqliteDatabase(Connection connection) : connection_(std::move(connection)) {}

    Result<std::vector<Values>> query(std::string_view sql, const Values& values) override {
        SLUICE_TRY(sqlite3_stmt * statement, prepared(sql));
        const Rewind rewind(statement);
        SLUICE_CHECK(bind_all(statement, values));
        std::vector<Values> rows;
        int code = 0;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            Values& row = rows.emplace_back();
            const int columns = sqlite3_column_count(statement);
            row.reserve(static_cast<std::size_t>(columns));
            for (int column = 0; column < columns; ++column) {
                row.push_back(value_at(statement, column));
            }
        }
        if (code != SQLITE_DONE) {
            return fail(error_of(connection_.get()));
        }
        return rows;
    }

    Result<std::int64_t> execute(std::string_view sql, const Values& values) override {
        SLUICE_TRY(sqlite3_stmt * statement, prepared(sql));
        const Rewind rewind(statement);
        SLUICE_CHECK(bind_all(statement, values));
        const int code = sqlite3_step(statement);
        if (code != SQLITE_DONE && code != SQLITE_ROW) {
            return fail(error_of(connection_.get()));
        }
        return sqlite3_changes64(connection_.get());
    }

    Status run_script(const std::string& sql) override {
        if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            return fail(error_of(connection_.get()));
        }
        return {};
    }

    // IMMEDIATE: a transaction that begins by reading and writes later fails at once, without
    // waiting, when another process wrote in between.
    Status begin() override { return run_script("BEGIN IMMEDIATE"); }

    std::string_view identity_type() const override { return "INTEGER PRIMARY KEY AUTOINCREMENT"; }

private:
    /// Statements are few and fixed (store/table.h), so each is prepared once and kept.
    Result<sqlite3_stmt*> prepared(std::string_view sql) {
        const auto found = statements_.find(sql);
        if (found != statements_.end()) {
            return found->second.get();
        }
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                               SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
            return fail(error_of(connection_.get()));
        }
        return statements_.emplace(std::string(sql), Statement(made)).first->second.get();
    }

    Status bind_all(sqlite3_stmt* statement, const Values& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            // By name: to SQLite "$2" is a name, not a place.
            const std::string name = "$" + std::to_string(i + 1);
            const int index = sqlite3_bind_parameter_index(statement, name.c_str());
            if (index != 0 && bind(statement, index, values[i]) != SQLITE_OK) {
                return fail(error_of(connection_.get()));
            }
        }
        return {};
    }

    Connection connection_;
    TextMap<Statement> statements_;
};

Error cannot_open(const std::string& path, std::string_view why) {
    return {ErrorKind::ServiceUnavailable,
            "Cannot open the system database " + path + ": " + std::string(why) + "."};
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
    // SQLite gives its side files the mode of the main one, so the mode is set before the first
    // byte is written. EXCL: opening and closing a database that is in use would drop its locks.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        ::close(file);
    } else if (errno != EEXIST) {
        return fail(cannot_open(path, "the file cannot be created"));
    }
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &raw,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Connection connection(raw);
    if (code != SQLITE_OK) {
        return fail(cannot_open(path, raw == nullptr ? "out of memory" : sqlite3_errmsg(raw)));
    }
    // The timeout comes first: switching to the write-ahead log takes a lock.
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    constexpr const char* kSettings =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA trusted_schema=OFF;";
    if (sqlite3_exec(raw, kSettings, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(cannot_open(path, sqlite3_errmsg(raw)));
    }
    return std::make_unique<SqliteDatabase>(std::move(connection));
}

}  // namespace sluice::store
