#pragma once
/// One ODBC connection, with calls that block.

#include <memory>
#include <mutex>
#include <string>

#include "core/result.h"
#include "services/sql/odbc/execution.h"
#include "services/sql/odbc/handles.h"
#include "services/sql/odbc/settings.h"

namespace sluice::services::sql {

/// Threads: one, that of the connection; `cancel` from any.
class OdbcLink {
public:
    /// Errors: ServiceUnavailable with what is wrong, hosts and users only in the detail; what the
    ///         flavor makes of a statement of the configuration that fails.
    static Result<std::shared_ptr<OdbcLink>> open(const OdbcSettings& settings);
    ~OdbcLink();
    OdbcLink(const OdbcLink&) = delete;
    OdbcLink& operator=(const OdbcLink&) = delete;

    /// One after the other; while a statement is open, nothing but its next rows.
    void run(OdbcWork& work);
    /// What is open is so no more. Drivers may read all that is left of it.
    void let_go();
    /// Stops what runs or is let go, if the driver can. May block, over a network.
    void cancel();
    const OdbcFacts& facts() const { return facts_; }

private:
    explicit OdbcLink(OdbcHandlesRef handles, const OdbcFlavor& flavor)
        : handles_(std::move(handles)), flavor_(flavor) {}

    Status set_up(const OdbcSettings& settings);
    std::string info(unsigned short what) const;
    std::unique_ptr<OdbcExecution> make(Statement statement, OdbcWork& work);
    void run_marked(Statement statement, OdbcWork& work);
    void means(OdbcStatementRef statement);

    OdbcHandlesRef handles_;
    const OdbcFlavor& flavor_;
    OdbcFacts facts_;
    /// More of it is to come.
    std::unique_ptr<OdbcExecution> open_;
    std::mutex mutex_;
    /// What `cancel` means.
    OdbcStatementRef meant_;
};

}  // namespace sluice::services::sql
