#include "services/sql/odbc/execution.h"

#include <utility>

#include <sqlucode.h>

#include "services/sql/odbc/error.h"
#include "services/sql/odbc/result_heads.h"
#include "services/sql/odbc/wide_text.h"

namespace sluice::services::sql {
namespace {

/// Tells of a result. False: the sink takes no more.
bool tell_columns(OdbcWork& work, void* statement, short columns) {
    std::vector<ResultColumnHead> heads = result_heads(statement, columns);
    if (work.columns.size() == heads.size()) {
        heads = work.columns;
    }
    const std::lock_guard lock(work.mutex);
    if (work.sink == nullptr) {
        return true;
    }
    work.results->start_result(heads);
    if (work.sink->is_full()) {
        work.failure = too_large(work.sink->most_bytes());
    }
    return !work.failure;
}

}  // namespace

bool is_dead(const OdbcHandles& handles) {
    SQLUINTEGER dead = SQL_CD_FALSE;
    const SQLRETURN code = SQLGetConnectAttrW(handles.connection, SQL_ATTR_CONNECTION_DEAD, &dead,
                                              SQL_IS_UINTEGER, nullptr);
    return SQL_SUCCEEDED(code) && dead == SQL_CD_TRUE;
}

void OdbcExecution::note(OdbcWork& work) const {
    work.report = report_of(SQL_HANDLE_STMT, handle_->handle);
    work.is_lost = is_lost(work.report) || is_dead(*handle_->handles);
    work.failure = work.is_lost ? Error(ErrorKind::ServiceUnavailable, "The database went away.")
                                      .with_detail(detail_of(work.report))
                                : flavor_.error_of(work.report);
}

OdbcExecution::Started OdbcExecution::start(OdbcWork& work) {
    SQLHSTMT statement = handle_->handle;
    SQLSetStmtAttr(statement, SQL_ATTR_NOSCAN, as_pointer(SQL_NOSCAN_ON), 0);
    if (flavor_.has_query_timeout && work.seconds > 0) {
        SQLSetStmtAttr(statement, SQL_ATTR_QUERY_TIMEOUT, as_pointer(work.seconds), 0);
    }
    if (!parameters_.bind(statement)) {
        note(work);
        return Started::Failed;
    }
    std::u16string wide = wide_of(statement_.text);
    const SQLRETURN code =
        SQLExecDirectW(statement, units_of(wide), static_cast<SQLINTEGER>(wide.size()));
    if (code == SQL_NO_DATA) {
        return Started::WithoutResult;
    }
    if (!SQL_SUCCEEDED(code)) {
        note(work);
        return Started::Failed;
    }
    return Started::WithResult;
}

bool OdbcExecution::run(OdbcWork& work) {
    const Started started = start(work);
    if (started == Started::Failed) {
        return true;
    }
    After after = started == Started::WithResult ? take_result(work) : After::GoOn;
    while (after == After::GoOn) {
        const SQLRETURN more = SQLMoreResults(handle_->handle);
        if (more == SQL_NO_DATA) {
            return true;
        }
        if (!SQL_SUCCEEDED(more)) {
            note(work);
            return true;
        }
        after = take_result(work);
    }
    return after != After::CutShort;
}

short OdbcExecution::count_columns() const {
    SQLSMALLINT columns = 0;
    SQLNumResultCols(handle_->handle, &columns);
    return columns;
}

OdbcExecution::After OdbcExecution::take_result(OdbcWork& work) {
    const short columns = count_columns();
    if (columns > 0) {
        return take_rows(work, columns);
    }
    SQLLEN touched = 0;
    if (SQL_SUCCEEDED(SQLRowCount(handle_->handle, &touched)) && touched > 0) {
        work.touched += static_cast<std::uint64_t>(touched);
    }
    return After::GoOn;
}

OdbcExecution::After OdbcExecution::take_rows(OdbcWork& work, short columns) {
    const bool is_call = work.how == OdbcWork::How::Call;
    const bool is_wanted = !std::exchange(work.has_rows, true) || is_call;
    if (is_call && !tell_columns(work, handle_->handle, columns)) {
        return After::CutShort;
    }
    OdbcRows rows(handle_->handle, columns);
    After after = After::GoOn;
    while (after == After::GoOn) {
        after = take_row(work, rows, is_wanted);
    }
    // The end of one result is not that of the statement.
    return after == After::Over && !work.failure ? After::GoOn : after;
}

OdbcExecution::After OdbcExecution::take_row(OdbcWork& work, OdbcRows& rows, bool is_wanted) {
    std::size_t most = 0;
    {
        const std::lock_guard lock(work.mutex);
        most = work.sink == nullptr ? RowSink::kNoLimit : work.sink->most_bytes();
    }
    const OdbcRows::Next next = rows.next(most);
    if (next == OdbcRows::Next::End) {
        return After::Over;
    }
    if (next == OdbcRows::Next::Failed) {
        note(work);
        return After::Over;
    }
    const std::lock_guard lock(work.mutex);
    if (work.sink == nullptr) {
        return After::GoOn;
    }
    if (is_wanted && next == OdbcRows::Next::Row) {
        rows.hand_over(*work.sink);
        ++work.rows;
    }
    if (next == OdbcRows::Next::TooLarge || work.sink->is_full()) {
        work.failure = too_large(work.sink->most_bytes());
        return After::CutShort;
    }
    return After::GoOn;
}

void OdbcExecution::open(OdbcWork& work) {
    if (start(work) != Started::WithResult) {
        return;
    }
    work.has_rows = true;
    open_rows_.emplace(handle_->handle, count_columns());
    fetch(work);
}

void OdbcExecution::fetch(OdbcWork& work) {
    for (std::size_t i = 0; i < work.most_rows; ++i) {
        {
            const std::lock_guard lock(work.mutex);
            if (work.sink != nullptr && work.sink->has_enough()) {
                break;
            }
        }
        if (take_row(work, *open_rows_, true) != After::GoOn) {
            return;
        }
    }
    work.has_more = true;
}

}  // namespace sluice::services::sql
