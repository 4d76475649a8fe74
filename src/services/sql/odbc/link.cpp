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

Error out_of_memory() {
    return Error(ErrorKind::ServiceUnavailable, "The database cannot be reached.")
        .with_detail("no ODBC handle");
}

bool allocate(OdbcHandles& handles) {
    return SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &handles.environment)) &&
           SQL_SUCCEEDED(SQLSetEnvAttr(handles.environment, SQL_ATTR_ODBC_VERSION,
                                       as_pointer(SQL_OV_ODBC3), 0)) &&
           SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, handles.environment, &handles.connection));
}

}  // namespace

Result<std::shared_ptr<OdbcLink>> OdbcLink::open(const OdbcSettings& settings) {
    auto handles = std::make_shared<OdbcHandles>();
    if (!allocate(*handles)) {
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
        run_marked({std::move(text), {}}, work);
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

void OdbcLink::means(OdbcStatementRef statement) {
    const std::lock_guard lock(mutex_);
    meant_.swap(statement);  // the one before goes once the mutex is free
}

void OdbcLink::cancel() {
    OdbcStatementRef meant;
    {
        const std::lock_guard lock(mutex_);
        meant = meant_;
    }
    if (meant) {
        SQLCancel(meant->handle);
    }
}

void OdbcLink::let_go() {
    if (open_) {
        SQLFreeStmt(open_->handle()->handle, SQL_CLOSE);
        open_.reset();
        means(nullptr);
    }
}

void OdbcLink::run(OdbcWork& work) {
    if (work.how == OdbcWork::How::Fetch && open_) {
        open_->fetch(work);
        if (!work.has_more) {
            let_go();
        }
        return;
    }
    auto marked = with_marks(work.statement, flavor_.placeholders, flavor_.has_brackets);
    if (!marked) {
        work.failure = std::move(marked).error();
        return;
    }
    run_marked(std::move(*marked), work);
}

std::unique_ptr<OdbcExecution> OdbcLink::make(Statement statement, OdbcWork& work) {
    const auto handle = std::make_shared<OdbcStatementHandle>(handles_);
    if (handle->handle == SQL_NULL_HSTMT) {
        work.report = report_of(SQL_HANDLE_DBC, handles_->connection);
        work.is_lost = true;
        work.failure = Error(ErrorKind::ServiceUnavailable, "The database went away.")
                           .with_detail(detail_of(work.report));
        return nullptr;
    }
    return std::make_unique<OdbcExecution>(handle, flavor_, std::move(statement));
}

void OdbcLink::run_marked(Statement statement, OdbcWork& work) {
    auto execution = make(std::move(statement), work);
    if (!execution) {
        return;
    }
    means(execution->handle());
    bool is_over = true;
    if (work.how == OdbcWork::How::Open) {
        execution->open(work);
        is_over = !work.has_more;
    } else {
        // What is left of a read is at hand; a call may go on for ever.
        is_over = execution->run(work) || work.how == OdbcWork::How::Run;
    }
    if (!is_over) {
        open_ = std::move(execution);
        return;
    }
    execution.reset();
    means(nullptr);
}

}  // namespace sluice::services::sql
