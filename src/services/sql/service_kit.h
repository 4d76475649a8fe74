#pragma once
/// A service on a database of its own, for tests: SQLite in a temporary folder, a schema of its own
/// in the PostgreSQL that SLUICE_TEST_POSTGRES names, or a database of its own in the MySQL or
/// MariaDB that SLUICE_TEST_MYSQL names.

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "services/sql/connectors.h"

namespace sluice::services::sql {

struct Answer {
    int status = 0;
    std::string body;

    bool operator==(const Answer&) const = default;
};

inline void PrintTo(const Answer& answer, std::ostream* out) {
    *out << answer.status << ' ' << answer.body;
}

/// What a test says about one call.
struct Ask {
    Verb verb = Verb::Get;
    std::string resource;
    Parameters parameters = {};
    std::string content = {};
    Grant grant{VerbSet::all(), {}, false};
    Deadline deadline = Deadline::after(std::chrono::seconds(20));
};

Call call_of(const Ask& ask);

class ServiceKit {
public:
    /// "sqlite", "postgres", "mysql", or "mysql_plain": as with a server that returns no rows from
    /// changes. `ddl` sets the database up.
    ServiceKit(const std::string& backend, const std::string& ddl, std::string extra_config = "");
    ~ServiceKit();
    ServiceKit(const ServiceKit&) = delete;
    ServiceKit& operator=(const ServiceKit&) = delete;

    static bool has(const std::string& backend);
    /// Why tests on a backend that is not there are skipped.
    static const char* lacks(const std::string& backend);

    Answer ask(const Ask& ask);
    Answer get(std::string resource, Parameters parameters = {});
    Answer send(Verb verb, std::string resource, std::string content, Parameters parameters = {});
    /// SQL past the service.
    void execute(const std::string& sql);
    /// Runs `task` on the shard until it is done.
    void run(Task<void> task);

    boost::asio::io_context& loop() { return loop_; }
    Service& service() { return *service_; }
    const std::filesystem::path& folder() const { return folder_; }
    Result<ServiceRef> make_again(boost::asio::io_context& loop);

private:
    bool is_mysql() const { return backend_.starts_with("mysql"); }

    std::string backend_;
    std::filesystem::path folder_;
    std::string schema_;
    store::ServiceRow row_;
    boost::asio::io_context loop_{1};
    boost::asio::thread_pool pool_{2};
    std::unique_ptr<Shared> shared_;
    Handler handler_;
    ServiceRef service_;
};

/// For services whose tests make no nested calls.
inline const Handler kNoCalls;

}  // namespace sluice::services::sql
