#pragma once
/// One ODBC connection, with calls that block.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/result.h"
#include "services/sql/odbc/report.h"
#include "services/sql/odbc/settings.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

class OdbcRows;

/// What is to run, and what became of it.
/// Threads: written by the connection's thread until it says that it is done; `sink` under the
///          mutex, so that whoever gives up waiting can take it away.
struct OdbcWork {
    Statement statement;
    /// Seconds after which the driver shall stop it by itself, where that costs nothing; 0: never.
    unsigned long seconds = 0;

    std::optional<Error> failure;
    OdbcReport report;
    /// Rows that it changed.
    std::uint64_t touched = 0;
    bool has_rows = false;
    /// The connection is of no more use.
    bool is_lost = false;

    std::mutex mutex;
    /// Null: rows are dropped.
    RowSink* sink = nullptr;
};

/// Threads: one, that of the connection; `cancel` from any.
class OdbcLink {
public:
    /// Errors: ServiceUnavailable with what is wrong, hosts and users only in the detail; what the
    ///         flavor makes of a statement of the configuration that fails.
    static Result<std::shared_ptr<OdbcLink>> open(const OdbcSettings& settings);
    ~OdbcLink();
    OdbcLink(const OdbcLink&) = delete;
    OdbcLink& operator=(const OdbcLink&) = delete;

    void run(OdbcWork& work);
    /// Stops what runs, if the driver can. May block, over a network.
    void cancel();
    const OdbcFacts& facts() const { return facts_; }
    /// As far as the driver knows without asking.
    bool is_dead() const;

private:
    struct Handles;
    struct StatementHandle;
    explicit OdbcLink(std::shared_ptr<Handles> handles, const OdbcFlavor& flavor)
        : handles_(std::move(handles)), flavor_(flavor) {}

    Status set_up(const OdbcSettings& settings);
    std::string info(unsigned short what) const;
    void run_marked(OdbcWork& work);
    void execute(OdbcWork& work, StatementHandle& statement);
    bool take_results(OdbcWork& work, StatementHandle& statement);
    bool take_rows(OdbcWork& work, StatementHandle& statement, short columns);
    void note(OdbcWork& work, const StatementHandle& statement) const;

    std::shared_ptr<Handles> handles_;
    const OdbcFlavor& flavor_;
    OdbcFacts facts_;
    std::mutex mutex_;
    /// What `cancel` means.
    std::shared_ptr<StatementHandle> running_;
};

}  // namespace sluice::services::sql
