#pragma once
/// A database as a service: `_table` for rows, `_schema` for how tables are made, `_proc` and
/// `_func` for calling what is stored in it.

#include "services/service.h"
#include "services/sql/backend.h"
#include "services/sql/query.h"

namespace sluice::services::sql {

/// Errors: BadRequest, Batch, Forbidden, NotFound, Conflict, MethodNotAllowed, ServiceUnavailable,
///         UpstreamTimeout; Internal for what the database refuses for no reason of the caller's.
class SqlService : public Service {
public:
    explicit SqlService(std::unique_ptr<Backend> backend);

    Task<Result<Response>> handle(const Call& call) override;
    const Description& describe() const override { return description_; }

private:
    Task<Result<Response>> handle_table(const Call& call);
    Task<Result<Response>> handle_rows(const Call& call, TableRef table);
    Task<Result<Response>> run(const Call& call,
                               TableRef table,
                               const Query& query,
                               const Body& body);
    Task<Result<Response>> write_linked(const Call& call,
                                        TableRef table,
                                        const Query& query,
                                        const Body& body);
    Task<Result<Response>> dispatch(const Call& call,
                                    TableRef table,
                                    const Query& query,
                                    const Body& body);
    Result<Response> explained(const Call& call, Result<Response> response) const;
    Task<Result<Response>> handle_schema(const Call& call);

    std::shared_ptr<Backend> backend_;
    Description description_;
};

}  // namespace sluice::services::sql
