#pragma once
/// Long reads over ODBC, a few rows at a time.

#include "services/sql/long_uses.h"
#include "services/sql/odbc/pool.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

/// Of a database with DECLARE and FETCH, in a transaction of its own that ends with it: drivers
/// that hold all of an answer hold one piece at a time.
class DeclaredCursor : public Cursor {
public:
    DeclaredCursor(LongPlace place, std::unique_ptr<LentOdbc> lent)
        : place_(std::move(place)), lent_(std::move(lent)) {}
    ~DeclaredCursor() override;
    DeclaredCursor(const DeclaredCursor&) = delete;
    DeclaredCursor& operator=(const DeclaredCursor&) = delete;

    /// Once, first; on a connection on which a transaction has just begun.
    Task<Status> declare(Statement statement, Deadline deadline);
    Task<Result<bool>> fetch(RowSink& sink, std::size_t most, Deadline deadline) override;

private:
    LongPlace place_;
    std::unique_ptr<LentOdbc> lent_;
    bool is_closed_ = false;
};

/// Of a driver that hands rows over as they come.
class FetchedCursor : public Cursor {
public:
    FetchedCursor(LongPlace place, std::unique_ptr<LentOdbc> lent, Statement statement)
        : place_(std::move(place)), lent_(std::move(lent)), statement_(std::move(statement)) {}
    ~FetchedCursor() override;
    FetchedCursor(const FetchedCursor&) = delete;
    FetchedCursor& operator=(const FetchedCursor&) = delete;

    Task<Result<bool>> fetch(RowSink& sink, std::size_t most, Deadline deadline) override;

private:
    LongPlace place_;
    std::unique_ptr<LentOdbc> lent_;
    Statement statement_;
    bool is_open_ = false;
};

}  // namespace sluice::services::sql
