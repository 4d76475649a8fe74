// The floor under a call to PostgreSQL: libpq in pipeline mode with nothing around it. Two
// connections, sixteen statements in flight on each, every one with a sync of its own; cells are
// looked at, not written anywhere.
//   floor_libpq URL SECONDS key|page|insert
// Prints `calls N seconds S cpu_us U`.

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include <libpq-fe.h>
#include <poll.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kConnections = 2;
constexpr int kInFlight = 16;
constexpr int kRows = 1000;

[[noreturn]] void give_up(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
}

std::string_view text_of(std::string_view what) {
    if (what == "key") {
        return "SELECT * FROM contact WHERE id = $1::int4";
    }
    if (what == "page") {
        return "SELECT * FROM contact ORDER BY id LIMIT 20";
    }
    if (what == "insert") {
        return "INSERT INTO entry (name, email, age) VALUES ($1, 'person@example.com', 42)"
               " RETURNING id";
    }
    give_up("key, page or insert?");
}

struct Connection {
    PGconn* handle = nullptr;
    long done = 0;
    int in_flight = 0;
    int next = 0;
    bool has_values = false;

    void open(const char* url, std::string_view text) {
        handle = PQconnectdb(url);
        if (PQstatus(handle) != CONNECTION_OK) {
            give_up(PQerrorMessage(handle));
        }
        PGresult* prepared = PQprepare(handle, "s", std::string(text).c_str(), 0, nullptr);
        if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
            give_up(PQerrorMessage(handle));
        }
        PQclear(prepared);
        has_values = text.find("$1") != std::string_view::npos;
        if (PQenterPipelineMode(handle) != 1 || PQsetnonblocking(handle, 1) != 0) {
            give_up(PQerrorMessage(handle));
        }
    }

    void fill() {
        for (; in_flight < kInFlight; ++in_flight) {
            const std::string key = std::to_string(++next % kRows + 1);
            const char* value = key.c_str();
            if (PQsendQueryPrepared(handle, "s", has_values ? 1 : 0, &value, nullptr, nullptr, 0) !=
                    1 ||
                PQpipelineSync(handle) != 1) {
                give_up(PQerrorMessage(handle));
            }
        }
        PQflush(handle);
    }

    void take() {
        if (PQconsumeInput(handle) != 1) {
            give_up(PQerrorMessage(handle));
        }
        while (in_flight > 0 && PQisBusy(handle) == 0) {
            PGresult* result = PQgetResult(handle);
            if (result == nullptr) {
                continue;
            }
            const ExecStatusType status = PQresultStatus(result);
            if (status == PGRES_PIPELINE_SYNC) {
                --in_flight;
                ++done;
            } else if (status != PGRES_TUPLES_OK || PQntuples(result) == 0) {
                give_up(PQresultErrorMessage(result));
            } else {
                look_at(result);
            }
            PQclear(result);
        }
    }

    static void look_at(const PGresult* result) {
        static volatile std::size_t bytes = 0;
        for (int row = 0; row < PQntuples(result); ++row) {
            for (int column = 0; column < PQnfields(result); ++column) {
                bytes = bytes + std::string_view(PQgetvalue(result, row, column)).size();
            }
        }
    }
};

}  // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        give_up("floor_libpq URL SECONDS key|page|insert");
    }
    std::array<Connection, kConnections> connections;
    for (Connection& connection : connections) {
        connection.open(arguments[1], text_of(arguments[3]));
    }
    const auto began = Clock::now();
    const auto end = began + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(std::atof(arguments[2])));
    const std::clock_t cpu = std::clock();
    while (Clock::now() < end) {
        std::array<pollfd, kConnections> waiting{};
        for (int i = 0; i < kConnections; ++i) {
            connections[i].fill();
            waiting[i] = {PQsocket(connections[i].handle), POLLIN, 0};
        }
        ::poll(waiting.data(), waiting.size(), 1000);
        for (int i = 0; i < kConnections; ++i) {
            if (waiting[i].revents != 0) {
                connections[i].take();
            }
        }
    }
    const std::chrono::duration<double> took = Clock::now() - began;
    const long done = connections[0].done + connections[1].done;
    const double cpu_us = 1e6 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf("calls %ld seconds %.3f cpu_us %.2f\n", done, took.count(),
                cpu_us / static_cast<double>(done));
    for (const Connection& connection : connections) {
        PQfinish(connection.handle);
    }
}
