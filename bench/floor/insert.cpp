// The floor under a write to SQLite: one prepared insert after the other, each a transaction of its
// own that is synced to the disk.
//   floor_insert DATABASE SECONDS
// Prints `calls N seconds S cpu_us U`.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <sqlite3.h>

int main(int count, char** arguments) {
    using Clock = std::chrono::steady_clock;
    sqlite3* database = nullptr;
    sqlite3_stmt* insert = nullptr;
    if (count != 3 || sqlite3_open(arguments[1], &database) != SQLITE_OK ||
        sqlite3_exec(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", nullptr,
                     nullptr, nullptr) != SQLITE_OK ||
        sqlite3_prepare_v2(database,
                           "INSERT INTO entry (name, email, age) VALUES (?, ?, ?) RETURNING id", -1,
                           &insert, nullptr) != SQLITE_OK) {
        std::fprintf(stderr, "floor_insert DATABASE SECONDS: %s\n", sqlite3_errmsg(database));
        return 1;
    }
    const auto began = Clock::now();
    const auto end = began + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(std::atof(arguments[2])));
    const std::clock_t cpu = std::clock();
    long calls = 0;
    for (; Clock::now() < end; ++calls) {
        sqlite3_bind_text(insert, 1, "Person", -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, "person@example.com", -1, SQLITE_STATIC);
        sqlite3_bind_int(insert, 3, 42);
        while (sqlite3_step(insert) == SQLITE_ROW) {
        }
        if (sqlite3_reset(insert) != SQLITE_OK) {
            std::fprintf(stderr, "%s\n", sqlite3_errmsg(database));
            return 1;
        }
    }
    const std::chrono::duration<double> took = Clock::now() - began;
    const double cpu_us = 1e6 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf("calls %ld seconds %.3f cpu_us %.2f\n", calls, took.count(),
                cpu_us / static_cast<double>(calls));
    sqlite3_finalize(insert);
    sqlite3_close(database);
}
