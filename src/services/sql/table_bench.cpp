/// What one call costs from Call to Response: a page of 20 rows of 1,000, and one row by key.
/// CPU time of the whole process over the number of calls; the bytes of the answers are checked.

#include <cstdio>
#include <ctime>
#include <filesystem>

#include <sqlite3.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
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
             const char* name,
             const Call& call) {
    constexpr int kCalls = 20'000;
    for (int round = 0; round < 5; ++round) {
        std::size_t bytes = 0;
        const double start = cpu_microseconds();
        boost::asio::co_spawn(loop, call_often(service, call, kCalls, bytes),
                              boost::asio::detached);
        loop.restart();
        loop.run();
        std::printf("%-24s %6.2f us CPU per call, %zu bytes\n", name,
                    (cpu_microseconds() - start) / kCalls, bytes);
    }
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
    {
        auto service = services::sql::make_sqlite(row, loop.get_executor(), shared);
        Call call;
        call.grant.verbs = VerbSet::all();
        call.target.segments = {"_table", "contact"};
        call.request.parameters = {{"limit", "20"}};
        measure(loop, **service, "page of 20", call);
        call.request.parameters = {
            {"limit", "20"}, {"filter", "age > 10 and active = true"}, {"order", "id"}};
        measure(loop, **service, "page of 20, filtered", call);
        call.target.segments = {"_table", "contact", "500"};
        call.request.parameters = {};
        measure(loop, **service, "by key", call);
    }
    pool.join();
    std::filesystem::remove_all(folder);
}
