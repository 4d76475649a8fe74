#include "services/sql/sqlite/connection.h"

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <utility>

#include <sqlite3.h>

#include "services/sql/sqlite/guard.h"

namespace sluice::services::sql {
namespace {

/// Steps of SQLite's machine between two looks at the clock: some 20 us.
constexpr int kStepsPerLook = 1000;
/// Bytes of values between two looks: about as long.
constexpr std::size_t kBytesPerLook = 64UL * 1024;

int bind(sqlite3_stmt* handle, int index, const Value& value) {
    struct Binder {
        sqlite3_stmt* handle;
        int index;
        int operator()(const Null&) const { return sqlite3_bind_null(handle, index); }
        int operator()(bool yes) const { return sqlite3_bind_int(handle, index, yes ? 1 : 0); }
        int operator()(std::int64_t integer) const {
            return sqlite3_bind_int64(handle, index, integer);
        }
        int operator()(const Number& number) const {
            return sqlite3_bind_double(handle, index, std::strtod(number.text.c_str(), nullptr));
        }
        int operator()(const std::string& text) const {
            return sqlite3_bind_text64(handle, index, text.data(), text.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        }
        int operator()(const Bytes& bytes) const {
            // A null pointer would bind NULL instead of no bytes.
            const char* data = bytes.bytes.empty() ? "" : bytes.bytes.data();
            return sqlite3_bind_blob64(handle, index, data, bytes.bytes.size(), SQLITE_STATIC);
        }
        int operator()(const Constant&) const { return SQLITE_MISUSE; }
    };
    return std::visit(Binder{handle, index}, value);
}

/// One look-up per cell: on a connection without mutexes a column's value may be read directly.
Cell cell_of(sqlite3_stmt* handle, int column) {
    Cell cell;
    sqlite3_value* const value = sqlite3_column_value(handle, column);
    switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER:
            cell.form = Cell::Form::Integer;
            cell.integer = sqlite3_value_int64(value);
            break;
        case SQLITE_FLOAT:
            cell.form = Cell::Form::Real;
            cell.real = sqlite3_value_double(value);
            break;
        case SQLITE_TEXT: {
            cell.form = Cell::Form::Text;
            const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
            cell.text = {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
            break;
        }
        case SQLITE_BLOB: {
            cell.form = Cell::Form::Bytes;
            const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
            const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
            cell.text = bytes == nullptr ? std::string_view{} : std::string_view{bytes, size};
            break;
        }
        default:
            break;
    }
    return cell;
}

/// Rewinds a statement when its run is over, however it ended.
class Rewind {
public:
    explicit Rewind(sqlite3_stmt* handle) : handle_(handle) {}
    ~Rewind() {
        sqlite3_reset(handle_);
        sqlite3_clear_bindings(handle_);
    }
    Rewind(const Rewind&) = delete;
    Rewind& operator=(const Rewind&) = delete;

private:
    sqlite3_stmt* handle_;
};

/// Only such a statement leaves records that refer to nothing; any other refers to nothing itself.
bool removes(std::string_view text) {
    return text.starts_with("DELETE ") || text.starts_with("DROP ");
}

class NoRows : public RowSink {
public:
    void start_row() override {}
    void cell(const Cell&) override {}
    void end_row() override {}
    void reset() override {}
};

}  // namespace

SqliteConnection::SqliteConnection(sqlite3* handle) : handle_(handle) {}

SqliteConnection::~SqliteConnection() {
    prepared_.clear();
    long_.reset();
    sqlite3_close_v2(handle_);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(
    const SqliteSettings& settings, bool may_write, std::chrono::milliseconds patience) {
    sqlite3* handle = nullptr;
    const int creates = settings.creates && may_write ? SQLITE_OPEN_CREATE : 0;
    const int code =
        sqlite3_open_v2(settings.path.c_str(), &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | creates, nullptr);
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle));
    if (code != SQLITE_OK) {
        return fail(Error(ErrorKind::ServiceUnavailable,
                          "The database file cannot be opened: it is missing, or the server may "
                          "not write there.")
                        .with_detail(settings.path + ": " + sqlite3_errstr(code)));
    }
    if (auto status = connection->set_up(settings, may_write, patience); !status) {
        const bool is_barred = !connection->denied_.empty();
        const bool is_locked = (sqlite3_errcode(handle) & 0xFF) == SQLITE_BUSY;
        return fail(Error(is_barred   ? ErrorKind::Internal
                          : is_locked ? ErrorKind::UpstreamTimeout
                                      : ErrorKind::ServiceUnavailable,
                          "The database file cannot be used: " + status.error().message())
                        .with_detail(settings.path + ": " + status.error().detail()));
    }
    return connection;
}

Status SqliteConnection::set_up(const SqliteSettings& settings,
                                bool may_write,
                                std::chrono::milliseconds patience) {
    busy_timeout_ = patience;
    // Before the first statement: two openers of a cleanly closed file meet in its recovery lock.
    sqlite3_busy_handler(handle_, &on_busy, this);
    sqlite3_extended_result_codes(handle_, 1);
    guard(handle_, denied_);
    sqlite3_progress_handler(handle_, kStepsPerLook, &on_progress, this);
    const Time until = Deadline::Clock::now() + settings.busy_timeout;
    SLUICE_CHECK(run("PRAGMA journal_mode = WAL", until));
    SLUICE_CHECK(run(settings.syncs_every_commit ? "PRAGMA synchronous = FULL"
                                                 : "PRAGMA synchronous = NORMAL"));
    SLUICE_CHECK(run("PRAGMA foreign_keys = ON"));
    for (const std::string& statement : settings.statements) {
        SLUICE_CHECK(run(statement.c_str(), until));
    }
    busy_timeout_ = settings.busy_timeout;
    return may_write ? Status() : run("PRAGMA query_only = ON");
}

int SqliteConnection::on_progress(void* self) {
    auto& connection = *static_cast<SqliteConnection*>(self);
    if (connection.until_ == Time::max() || Deadline::Clock::now() < connection.until_) {
        return 0;
    }
    connection.was_interrupted_ = true;
    return 1;
}

int SqliteConnection::on_busy(void* self, int tries) {
    auto& connection = *static_cast<SqliteConnection*>(self);
    const auto nap = std::chrono::milliseconds(std::min(1 + tries, 20));
    // The naps add up to the timeout, roughly: exactness is worth no bookkeeping here.
    const auto waited =
        std::chrono::milliseconds(tries < 20 ? tries * (tries + 1) / 2 : 210 + (tries - 20) * 20);
    if (waited >= connection.busy_timeout_) {
        return 0;
    }
    if (Deadline::Clock::now() + nap >= connection.until_) {
        connection.was_interrupted_ = true;  // who has more time may wait on
        return 0;
    }
    std::this_thread::sleep_for(nap);
    return 1;
}

void SqliteConnection::replace_tables(bool is_on) {
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, is_on ? 0 : 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, is_on ? 1 : 0, nullptr);
}

bool SqliteConnection::is_in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

Error SqliteConnection::error() const {
    if (!denied_.empty()) {
        return Error(ErrorKind::Internal,
                     "The configuration of the service may not use " + denied_ + ".")
            .with_detail(sqlite3_errmsg(handle_));
    }
    return from_sqlite(sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_));
}

void SqliteConnection::Finalize::operator()(sqlite3_stmt* handle) const {
    sqlite3_finalize(handle);
}

Result<sqlite3_stmt*> SqliteConnection::prepare(const std::string& text) {
    if (const Prepared* known = prepared_.find(text)) {
        return known->get();
    }
    if (long_ && text == long_text_) {
        return long_.get();
    }
    sqlite3_stmt* handle = nullptr;
    const auto prepared = [&] {
        return sqlite3_prepare_v3(handle_, text.c_str(), static_cast<int>(text.size() + 1),
                                  SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    };
    int code = prepared();
    if ((code & 0xFF) == SQLITE_ERROR) {
        // That another process took a table or a column away is noticed by statements that run, and
        // not by one that would make it anew.
        sqlite3_exec(handle_, "SELECT 1 FROM sqlite_master LIMIT 1", nullptr, nullptr, nullptr);
        code = prepared();
    }
    if (code != SQLITE_OK) {
        return fail(error());
    }
    if (!PreparedStatements<Prepared>::is_worth_keeping(text, 0)) {
        long_.reset(handle);
        long_text_ = text;
        return handle;
    }
    prepared_.make_room();
    prepared_.add(text, Prepared(handle));
    return handle;
}

void SqliteConnection::look_at_clock_until(Time until) {
    until_ = until;
    was_interrupted_ = false;
}

Status SqliteConnection::bind_all(sqlite3_stmt* handle, const std::vector<Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (bind(handle, static_cast<int>(i) + 1, values[i]) != SQLITE_OK) {
            return fail(error());
        }
    }
    return {};
}

Status SqliteConnection::run(const Statement& statement, RowSink& sink, Time until) {
    look_at_clock_until(until);
    broke_reference_ = false;
    denied_.clear();
    SLUICE_TRY(auto* const handle, prepare(statement.text));
    const Rewind rewind(handle);
    SLUICE_CHECK(bind_all(handle, statement.values));
    const Result<bool> status = step_rows(handle, sink, RowSink::kNoLimit);
    if (status) {
        return {};
    }
    broke_reference_ = sqlite3_extended_errcode(handle_) == SQLITE_CONSTRAINT_FOREIGNKEY;
    if (broke_reference_ && removes(statement.text)) {
        broke_reference_ = false;
        return fail(Error(ErrorKind::Conflict, "Other records still refer to it.")
                        .with_detail(status.error().detail()));
    }
    return fail(status.error());
}

Status SqliteConnection::begin(const Statement& statement, Time until) {
    look_at_clock_until(until);
    denied_.clear();
    SLUICE_TRY(begun_, prepare(statement.text));
    return bind_all(begun_, statement.values);
}

Result<bool> SqliteConnection::step(RowSink& sink, std::size_t most, Time until) {
    look_at_clock_until(until);
    return step_rows(begun_, sink, most);
}

void SqliteConnection::end() {
    if (begun_ != nullptr) {
        const Rewind rewind(std::exchange(begun_, nullptr));
    }
}

Result<bool> SqliteConnection::step_rows(sqlite3_stmt* handle, RowSink& sink, std::size_t most) {
    const int columns = sqlite3_column_count(handle);
    std::size_t bytes = 0;
    for (std::size_t count = 0; count < most; ++count) {
        const int code = sqlite3_step(handle);
        if (code == SQLITE_DONE) {
            return false;
        }
        if (code != SQLITE_ROW) {
            return fail(error());
        }
        sink.start_row();
        for (int i = 0; i < columns; ++i) {
            const Cell cell = cell_of(handle, i);
            bytes += cell.text.size();
            sink.cell(cell);
        }
        sink.end_row();
        if (sink.is_full()) {
            return fail(too_large(sink.most_bytes()));
        }
        // Rows of large values take few steps and much time.
        if (bytes > kBytesPerLook && on_progress(this) != 0) {
            return fail(from_sqlite(SQLITE_INTERRUPT, "interrupted between two rows"));
        }
        bytes = bytes > kBytesPerLook ? 0 : bytes;
        if (sink.has_enough()) {
            break;
        }
    }
    return true;
}

Status SqliteConnection::run(const char* text, Time until) {
    NoRows none;
    return run(Statement{text, {}}, none, until);
}

Error from_sqlite(int extended_code, std::string_view message) {
    const auto detail = [&] { return std::to_string(extended_code) + ": " + std::string(message); };
    // "UNIQUE constraint failed: todo.name, todo.owner"
    const std::size_t colon = message.find(": ");
    const std::string what(colon == std::string_view::npos ? std::string_view{}
                                                           : message.substr(colon + 2));
    const auto made = [&](ErrorKind kind, std::string text) {
        return Error(kind, std::move(text)).with_detail(detail());
    };
    switch (extended_code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return made(ErrorKind::Conflict,
                        "A record with the same value of '" + what + "' exists already.");
        case SQLITE_CONSTRAINT_NOTNULL:
            return made(ErrorKind::BadRequest,
                        "Field '" + what.substr(what.rfind('.') + 1) + "' can not be NULL.");
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return made(ErrorKind::BadRequest,
                        "A record that this one refers to does not exist, or other records still "
                        "refer to it.");
        case SQLITE_CONSTRAINT_CHECK:
            return made(ErrorKind::BadRequest, "The check '" + what + "' refuses the record.");
        case SQLITE_CONSTRAINT_TRIGGER:  // the words of whoever wrote the trigger
            return made(ErrorKind::BadRequest, std::string(message));
        default:
            break;
    }
    if (message.starts_with("object name reserved for internal use")) {
        return made(ErrorKind::BadRequest,
                    "The name '" + what + "' is kept by the database for itself.");
    }
    // "table `todo` already exists", "there is already an index named todo_title_idx"
    if (message.ends_with(" already exists") || message.starts_with("there is already ")) {
        return made(ErrorKind::Conflict, "A table or an index with this name exists already.");
    }
    if (message.starts_with("duplicate column name")) {
        return made(ErrorKind::Conflict, "A field with this name exists already.");
    }
    if (message.starts_with("too many columns")) {
        return made(ErrorKind::BadRequest, "The table would have too many fields.");
    }
    // "error in view adult: no such table: main.person"
    if (message.starts_with("error in view ") || message.starts_with("error in trigger ")) {
        return made(ErrorKind::Conflict,
                    "Views or triggers of the database would no longer work, or do not now.");
    }
    switch (extended_code & 0xFF) {
        case SQLITE_CONSTRAINT:
            return made(ErrorKind::BadRequest, "A constraint of the table refuses the record.");
        case SQLITE_MISMATCH:
            return made(ErrorKind::BadRequest, "A value does not fit the type of its field.");
        case SQLITE_TOOBIG:
            return made(ErrorKind::BadRequest, "A value or the request is too big.");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return made(ErrorKind::ServiceUnavailable, "The database is busy.");
        case SQLITE_INTERRUPT:
            return made(ErrorKind::UpstreamTimeout, "The database did not answer in time.");
        case SQLITE_FULL:
            return made(ErrorKind::ServiceUnavailable, "The disk of the database is full.");
        case SQLITE_READONLY:
            return made(ErrorKind::ServiceUnavailable, "The database cannot be written to.");
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_NOMEM:
            return made(ErrorKind::ServiceUnavailable, "The database cannot be read.");
        default:
            return made(ErrorKind::Internal, "The database refused the statement.");
    }
}

}  // namespace sluice::services::sql
