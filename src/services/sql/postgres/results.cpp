/// What the server answers on a connection: whose it is, and what it means for those that wait.
#include <algorithm>
#include <iterator>

#include <libpq-fe.h>

#include "services/sql/postgres/connection.h"
#include "services/sql/postgres/error.h"
#include "services/sql/postgres/values.h"
#include "services/sql/received_bytes.h"

namespace sluice::services::sql {
namespace {

/// Reads of the socket that no answer of usual size needs.
constexpr std::size_t kSmallReads = 16;

}  // namespace

bool PostgresConnection::take_results() {
    if (!in_flight_.empty() && PQisBusy(handle_) == 0) {
        last_result_ = Deadline::Clock::now();
    }
    while (!in_flight_.empty() && PQisBusy(handle_) == 0) {
        PGresult* result = PQgetResult(handle_);
        unfinished_reads_ = 0;
        if (result == nullptr) {  // one command is through
            Flight& flight = in_flight_.front();
            if (flight.next_step >= flight.steps.size()) {
                return false;  // the connection is lost: no sync will come
            }
            ++flight.next_step;
            continue;
        }
        const ExecStatusType status = PQresultStatus(result);
        take(result);
        PQclear(result);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            return false;  // no answer of ours: libpq would give it again for ever
        }
    }
    return true;
}

void PostgresConnection::take(PGresult* result) {
    Flight& flight = in_flight_.front();
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) {
        end_flight();
        return;
    }
    if (flight.next_step >= flight.steps.size()) {
        return;  // a fatal notice of the server between exchanges
    }
    const Step& step = flight.steps[flight.next_step];
    Exchange& exchange = *flight.exchanges[step.exchange];
    switch (status) {
        case PGRES_TUPLES_OK:
            exchange.commands[step.command].rows = static_cast<std::size_t>(PQntuples(result));
            if (ResultSink* results = exchange.commands[step.command].results) {
                results->start_result(heads_of(result));
            }
            if (RowSink* sink = exchange.commands[step.command].sink) {
                hand_over(result, *sink);
                if (sink->is_full() && !exchange.failure) {
                    exchange.failure = too_large(sink->most_bytes());
                }
            }
            return;
        case PGRES_COMMAND_OK:
            // No error for the server, who has nothing left to commit.
            if (exchange.commands[step.command].text == "COMMIT" &&
                std::string_view(PQcmdStatus(result)) == "ROLLBACK") {
                exchange.failed_at = step.command;
                exchange.failure =
                    Error(ErrorKind::Conflict,
                          "The database has undone the transaction after an earlier failure.");
            }
            return;
        case PGRES_PIPELINE_ABORTED:
            if (!step.prepares.empty()) {
                prepared_.erase(step.prepares);  // skipped with the rest
            }
            exchange.was_skipped = true;
            return;
        default:
            break;
    }
    const PostgresReport report = report_of(result);
    if (!step.prepares.empty()) {
        prepared_.erase(step.prepares);
    }
    if (exchange.failure) {
        return;
    }
    exchange.failed_at = step.command;
    exchange.sqlstate = report.sqlstate;
    exchange.has_stale_plan = is_stale_plan(report.sqlstate, report.message);
    exchange.failure = from_sqlstate(report);
    if (exchange.has_stale_plan) {
        prepared_.erase(exchange.commands[step.command].text);
    }
}

void PostgresConnection::watch_size() {
    if (in_flight_.empty() || ++unfinished_reads_ < kSmallReads) {
        return;
    }
    const auto received = received_bytes(PQsocket(handle_));
    if (!received) {
        return;  // a local socket: the sink's own limit must do
    }
    if (unfinished_reads_ == kSmallReads) {
        received_before_ = *received;
    }
    const Flight& flight = in_flight_.front();
    if (flight.next_step >= flight.steps.size()) {
        return;
    }
    const Step& step = flight.steps[flight.next_step];
    Exchange& exchange = *flight.exchanges[step.exchange];
    const RowSink* sink = exchange.commands[step.command].sink;
    if (sink != nullptr && !exchange.failure && *received - received_before_ > sink->most_bytes()) {
        exchange.failure = too_large(sink->most_bytes());
        exchange.done.set();  // whoever waits has it stopped
    }
}

void PostgresConnection::finish(Exchange& exchange) {
    --running_;
    exchange.is_over = true;
    exchange.done.set();
}

void PostgresConnection::end_flight() {
    const Flight flight = std::move(in_flight_.front());
    in_flight_.pop_front();
    const auto now = Deadline::Clock::now();
    for (const ExchangeRef& exchange : flight.exchanges) {
        if (exchange->was_skipped && !exchange->failure) {
            waiting_.push_back(exchange);
            send_soon();
            continue;
        }
        exchange->took = std::chrono::duration_cast<std::chrono::microseconds>(
            now - std::max(exchange->sent_at, last_end_));
        finish(*exchange);
    }
    last_end_ = now;
}

void PostgresConnection::fail_all(const Error& error) {
    std::vector<ExchangeRef> lost;
    for (Flight& flight : in_flight_) {
        std::ranges::move(flight.exchanges, std::back_inserter(lost));
    }
    std::ranges::move(waiting_, std::back_inserter(lost));
    in_flight_.clear();
    waiting_.clear();
    for (const ExchangeRef& exchange : lost) {
        if (!exchange->failure || exchange->sqlstate.empty() ||
            exchange->sqlstate.starts_with("57P")) {
            exchange->failure = error;
            exchange->sqlstate.clear();
        }
        finish(*exchange);
    }
}

}  // namespace sluice::services::sql
