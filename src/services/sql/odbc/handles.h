#pragma once
/// What a driver manager hands out, given back when nobody holds it any more.

#include <cstdint>
#include <memory>
#include <utility>

#include <sql.h>
#include <sqlext.h>

namespace sluice::services::sql {

/// As attributes that are numbers are passed.
inline SQLPOINTER as_pointer(std::uintptr_t number) {
    return reinterpret_cast<SQLPOINTER>(number);  // NOLINT(performance-no-int-to-ptr)
}

/// An environment and a connection.
struct OdbcHandles {
    OdbcHandles() = default;
    ~OdbcHandles() {
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
    OdbcHandles(const OdbcHandles&) = delete;
    OdbcHandles& operator=(const OdbcHandles&) = delete;

    SQLHENV environment = SQL_NULL_HENV;
    SQLHDBC connection = SQL_NULL_HDBC;
    bool is_connected = false;
};
using OdbcHandlesRef = std::shared_ptr<OdbcHandles>;

/// Holds its connection, so that nobody cancels what is freed.
struct OdbcStatementHandle {
    explicit OdbcStatementHandle(OdbcHandlesRef of) : handles(std::move(of)) {
        SQLAllocHandle(SQL_HANDLE_STMT, handles->connection, &handle);
    }
    ~OdbcStatementHandle() {
        if (handle != SQL_NULL_HSTMT) {
            SQLFreeHandle(SQL_HANDLE_STMT, handle);
        }
    }
    OdbcStatementHandle(const OdbcStatementHandle&) = delete;
    OdbcStatementHandle& operator=(const OdbcStatementHandle&) = delete;

    OdbcHandlesRef handles;
    SQLHSTMT handle = SQL_NULL_HSTMT;
};
using OdbcStatementRef = std::shared_ptr<OdbcStatementHandle>;

}  // namespace sluice::services::sql
