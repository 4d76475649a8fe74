#include "services/sql/odbc/link.h"

#include <array>
#include <utility>

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "services/sql/odbc/connection_string.h"
#include "services/sql/odbc/error.h"
#include "services/sql/odbc/flavor.h"
#include "services/sql/odbc/parameters.h"
#include "services/sql/odbc/rows.h"
#include "services/sql/odbc/wide_text.h"

namespace sluice::services::sql {
namespace {

constexpr std::uintptr_t kConnectSeconds = 5;

SQLPOINTER as_pointer(std::uintptr_t number) {
    return reinterpret_cast<SQLPOINTER>(number);  // NOLINT(performance-no-int-to-ptr)
}

SQLWCHAR* units_of(std::u16string& wide) {
    static_assert(sizeof(SQLWCHAR) == sizeof(char16_t));
    return reinterpret_cast<SQLWCHAR*>(wide.data());
}

Error out_of_memory() {
    return Error(ErrorKind::ServiceUnavailable, "The database cannot be reached.")
        .with_detail("no ODBC handle");
}

}  // namespace

struct OdbcLink::Handles {
    Handles() = default;
    ~Handles() {
        if (is_connected) {
            SQLDisconnect(connection);
        }
        if (connection != SQL_NULL_HDBC) {
            SQLFreeHandle(SQL_HANDLE_DBC, connection);
        }
        if (environment != SQL_NULL_HENV) {
            SQLFreeHandle(SQL_HANDLE_ENV, environment);
        }
    }
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;

    bool make() {
        return SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment)) &&
               SQL_SUCCEEDED(SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION,
                                           as_pointer(SQL_OV_ODBC3), 0)) &&
               SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection));
    }

    SQLHENV environment = SQL_NULL_HENV;
    SQLHDBC connection = SQL_NULL_HDBC;
    bool is_connected = false;
};

/// Holds its connection, so that nobody cancels what is freed.
struct OdbcLink::StatementHandle {
    explicit StatementHandle(std::shared_ptr<Handles> of) : handles(std::move(of)) {
        SQLAllocHandle(SQL_HANDLE_STMT, handles->connection, &handle);
    }
    ~StatementHandle() {
        if (handle != SQL_NULL_HSTMT) {
            SQLFreeHandle(SQL_HANDLE_STMT, handle);
        }
    }
    StatementHandle(const StatementHandle&) = delete;
    StatementHandle& operator=(const StatementHandle&) = delete;

    std::shared_ptr<Handles> handles;
    SQLHSTMT handle = SQL_NULL_HSTMT;
};

Result<std::shared_ptr<OdbcLink>> OdbcLink::open(const OdbcSettings& settings) {
    auto handles = std::make_shared<Handles>();
    if (!handles->make()) {
        return fail(out_of_memory());
    }
    SQLSetConnectAttr(handles->connection, SQL_ATTR_LOGIN_TIMEOUT, as_pointer(kConnectSeconds), 0);
    std::u16string wide = wide_of(connection_string(settings));
    const SQLRETURN code = SQLDriverConnectW(handles->connection, nullptr, units_of(wide), SQL_NTS,
                                             nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
    if (!SQL_SUCCEEDED(code)) {
        return fail(
            from_failed_connect(report_of(SQL_HANDLE_DBC, handles->connection), settings.driver));
    }
    handles->is_connected = true;
    std::shared_ptr<OdbcLink> link(new OdbcLink(std::move(handles), *settings.flavor));
    SLUICE_CHECK(link->set_up(settings));
    return link;
}

OdbcLink::~OdbcLink() = default;

Status OdbcLink::set_up(const OdbcSettings& settings) {
    facts_ = {info(SQL_DBMS_NAME), info(SQL_DBMS_VER)};
    std::vector<std::string> statements(flavor_.set_up.begin(), flavor_.set_up.end());
    statements.insert(statements.end(), settings.statements.begin(), settings.statements.end());
    for (std::string& text : statements) {
        OdbcWork work;
        work.statement.text = std::move(text);
        run_marked(work);
        if (work.failure) {
            return fail(std::move(*work.failure));
        }
    }
    return {};
}

std::string OdbcLink::info(unsigned short what) const {
    std::array<SQLWCHAR, 128> units{};
    SQLSMALLINT length = 0;
    if (!SQL_SUCCEEDED(SQLGetInfoW(handles_->connection, what, units.data(),
                                   static_cast<SQLSMALLINT>(sizeof units), &length))) {
        return {};
    }
    std::u16string wide;
    for (std::size_t i = 0; i + 1 < units.size() && units[i] != 0; ++i) {
        wide.push_back(static_cast<char16_t>(units[i]));
    }
    return narrow_of(wide);
}

bool OdbcLink::is_dead() const {
    SQLUINTEGER dead = SQL_CD_FALSE;
    const SQLRETURN code = SQLGetConnectAttrW(handles_->connection, SQL_ATTR_CONNECTION_DEAD, &dead,
                                              SQL_IS_UINTEGER, nullptr);
    return SQL_SUCCEEDED(code) && dead == SQL_CD_TRUE;
}

void OdbcLink::cancel() {
    std::shared_ptr<StatementHandle> meant;
    {
        const std::lock_guard lock(mutex_);
        meant = running_;
    }
    if (meant) {
        SQLCancel(meant->handle);
    }
}

void OdbcLink::note(OdbcWork& work, const StatementHandle& statement) const {
    work.report = report_of(SQL_HANDLE_STMT, statement.handle);
    work.is_lost = is_lost(work.report) || is_dead();
    work.failure = work.is_lost ? Error(ErrorKind::ServiceUnavailable, "The database went away.")
                                      .with_detail(detail_of(work.report))
                                : flavor_.error_of(work.report);
}

void OdbcLink::run(OdbcWork& work) {
    auto marked = with_marks(work.statement, flavor_.placeholders, flavor_.has_brackets);
    if (!marked) {
        work.failure = std::move(marked).error();
        return;
    }
    work.statement = std::move(*marked);
    run_marked(work);
}

void OdbcLink::run_marked(OdbcWork& work) {
    const auto statement = std::make_shared<StatementHandle>(handles_);
    if (statement->handle == SQL_NULL_HSTMT) {
        work.report = report_of(SQL_HANDLE_DBC, handles_->connection);
        work.is_lost = true;
        work.failure = Error(ErrorKind::ServiceUnavailable, "The database went away.")
                           .with_detail(detail_of(work.report));
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        running_ = statement;
    }
    execute(work, *statement);
    const std::lock_guard lock(mutex_);
    running_.reset();
}

void OdbcLink::execute(OdbcWork& work, StatementHandle& statement) {
    SQLSetStmtAttr(statement.handle, SQL_ATTR_NOSCAN, as_pointer(SQL_NOSCAN_ON), 0);
    if (flavor_.has_query_timeout && work.seconds > 0) {
        SQLSetStmtAttr(statement.handle, SQL_ATTR_QUERY_TIMEOUT, as_pointer(work.seconds), 0);
    }
    OdbcParameters parameters(work.statement.values);
    if (!parameters.bind(statement.handle)) {
        note(work, statement);
        return;
    }
    std::u16string wide = wide_of(work.statement.text);
    const SQLRETURN code =
        SQLExecDirectW(statement.handle, units_of(wide), static_cast<SQLINTEGER>(wide.size()));
    if (!SQL_SUCCEEDED(code) && code != SQL_NO_DATA) {
        note(work, statement);
        return;
    }
    // What touched nothing has no rows either, whatever columns it says that it has.
    bool goes_on = code == SQL_NO_DATA || take_results(work, statement);
    for (; goes_on; goes_on = take_results(work, statement)) {
        const SQLRETURN more = SQLMoreResults(statement.handle);
        if (more == SQL_NO_DATA) {
            return;
        }
        if (!SQL_SUCCEEDED(more)) {
            note(work, statement);
            return;
        }
    }
}

/// False when it failed.
bool OdbcLink::take_results(OdbcWork& work, StatementHandle& statement) {
    SQLSMALLINT columns = 0;
    SQLNumResultCols(statement.handle, &columns);
    if (columns > 0) {
        return take_rows(work, statement, columns);
    }
    SQLLEN touched = 0;
    if (SQL_SUCCEEDED(SQLRowCount(statement.handle, &touched)) && touched > 0) {
        work.touched += static_cast<std::uint64_t>(touched);
    }
    return true;
}

bool OdbcLink::take_rows(OdbcWork& work, StatementHandle& statement, short columns) {
    const bool is_first = !std::exchange(work.has_rows, true);
    OdbcRows rows(statement.handle, columns);
    while (true) {
        std::size_t most = 0;
        {
            const std::lock_guard lock(work.mutex);
            most = work.sink == nullptr ? RowSink::kNoLimit : work.sink->most_bytes();
        }
        const OdbcRows::Next next = rows.next(most);
        if (next == OdbcRows::Next::End) {
            return true;
        }
        if (next == OdbcRows::Next::Failed) {
            note(work, statement);
            return false;
        }
        const std::lock_guard lock(work.mutex);
        if (work.sink == nullptr) {
            continue;
        }
        if (is_first && next == OdbcRows::Next::Row) {
            rows.hand_over(*work.sink);
        }
        if (next == OdbcRows::Next::TooLarge || work.sink->is_full()) {
            work.failure = too_large(work.sink->most_bytes());
            return false;
        }
    }
}

}  // namespace sluice::services::sql
