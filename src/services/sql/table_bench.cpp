/// What one call costs from Call to Response: a page of 20 rows of 1,000, and one row by key.
/// CPU time of the process over the number of calls. With SLUICE_TEST_POSTGRES (a libpq URL whose
/// user may create a schema) also on PostgreSQL, 32 calls at a time on one shard.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include <libpq-fe.h>
#include <sqlite3.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "services/sql/connectors.h"

namespace {

using namespace sluice;

double cpu_microseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

constexpr auto kDdl =
    "CREATE TABLE contact (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT,"
    " age INTEGER, score DOUBLE, active BOOLEAN, created DATETIME);"
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000)"
    " INSERT INTO contact SELECT n, 'First' || n, 'Last' || n, 'user' || n || '@example.com',"
    " n % 90, n * 1.25, n % 2, '2026-01-01 10:00:00' FROM c;";

Task<void> call_often(services::Service& service, const Call& call, int times, std::size_t& bytes) {
    for (int i = 0; i < times; ++i) {
        const auto response = co_await service.handle(call);
        if (!response || response->status != 200) {
            std::fprintf(stderr, "failed\n");
            std::abort();
        }
        bytes = response->content.size();
    }
}

void measure(boost::asio::io_context& loop,
             services::Service& service,
             const std::string& name,
             const Call& call,
             int at_once = 1) {
    constexpr int kCalls = 19'200;
    for (int round = 0; round < 5; ++round) {
        std::size_t bytes = 0;
        int running = at_once;
        const double start = cpu_microseconds();
        const auto clock = std::chrono::steady_clock::now();
        for (int i = 0; i < at_once; ++i) {
            boost::asio::co_spawn(loop, call_often(service, call, kCalls / at_once, bytes),
                                  [&running](const std::exception_ptr&) { --running; });
        }
        loop.restart();
        while (running > 0 && loop.run_one() > 0) {
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - clock;
        std::printf("%-32s %6.2f us CPU per call, %8.0f calls/s, %zu bytes\n", name.c_str(),
                    (cpu_microseconds() - start) / kCalls, kCalls / took.count(), bytes);
    }
}

void measure_all(boost::asio::io_context& loop,
                 services::Service& service,
                 const std::string& backend,
                 int at_once) {
    Call call;
    call.grant.verbs = VerbSet::all();
    call.target.segments = {"_table", "contact"};
    call.request.parameters = {{"limit", "20"}};
    measure(loop, service, backend + " page of 20", call, at_once);
    call.request.parameters = {
        {"limit", "20"}, {"filter", "age > 10 and active = true"}, {"order", "id"}};
    measure(loop, service, backend + " page of 20, filtered", call, at_once);
    call.target.segments = {"_table", "contact", "500"};
    call.request.parameters = {};
    measure(loop, service, backend + " by key", call, at_once);
}

constexpr auto kPostgresDdl =
    "CREATE TABLE contact (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT,"
    " age INTEGER, score DOUBLE PRECISION, active BOOLEAN, created TIMESTAMP);"
    "INSERT INTO contact SELECT n, 'First' || n, 'Last' || n, 'user' || n || '@example.com',"
    " n % 90, n * 1.25, n % 2 = 1, '2026-01-01 10:00:00' FROM generate_series(1, 1000) n;"
    "ANALYZE contact";

/// The configuration of a service on a schema of its own, made anew.
std::string make_postgres(const char* url) {
    PGconn* connection = PQconnectdb(url);
    const std::string sql =
        "SET client_min_messages TO warning;"
        "DROP SCHEMA IF EXISTS sluice_bench CASCADE; CREATE SCHEMA sluice_bench;"
        "SET search_path TO sluice_bench;" +
        std::string(kPostgresDdl);
    PQclear(PQexec(connection, sql.c_str()));
    const std::string config = std::string(R"({"schema":"sluice_bench","host":")") +
                               PQhost(connection) + R"(","port":")" + PQport(connection) +
                               R"(","username":")" + PQuser(connection) + R"(","database":")" +
                               PQdb(connection) + "\"}";
    PQfinish(connection);
    return config;
}

}  // namespace

int main() {
    const auto folder = std::filesystem::temp_directory_path() / "sluice_table_bench";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    sqlite3* handle = nullptr;
    sqlite3_open((folder / "bench.db").c_str(), &handle);
    sqlite3_exec(handle, kDdl, nullptr, nullptr, nullptr);
    sqlite3_close(handle);

    boost::asio::io_context loop(1);
    boost::asio::thread_pool pool(1);
    services::sql::Shared shared{folder, pool, {}, {}};
    store::ServiceRow row;
    row.name = "db";
    row.config = R"({"database":"bench.db"})";
    const Handler no_calls;
    {
        auto service = services::sql::make_sqlite(row, {loop.get_executor(), no_calls}, shared);
        measure_all(loop, **service, "sqlite", 1);
    }
    if (const char* url = std::getenv("SLUICE_TEST_POSTGRES")) {
        row.config = make_postgres(url);
        auto service = services::sql::make_pgsql(row, {loop.get_executor(), no_calls}, shared);
        measure_all(loop, **service, "postgres", 32);
    }
    pool.join();
    std::filesystem::remove_all(folder);
}
