#include "services/sql/postgres/connection.h"

#include <algorithm>
#include <iterator>

#include <libpq-fe.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "services/sql/postgres/values.h"

namespace sluice::services::sql {
namespace {

using Clock = Deadline::Clock;

/// Reads before one sync: enough to save most system calls, few enough that none waits long.
constexpr std::size_t kMaxPerSync = 16;
/// A connection that was busy this short a time ago is taken to be alive.
constexpr auto kPause = std::chrono::milliseconds(50);

}  // namespace

PostgresConnection::PostgresConnection(PGconn* handle, Executor shard)
    : handle_(handle), socket_(std::make_unique<WatchedSocket>(shard, PQsocket(handle))) {}

PostgresConnection::~PostgresConnection() {
    PQfinish(handle_);
}

std::shared_ptr<PostgresConnection> PostgresConnection::start(PGconn* handle, Executor shard) {
    std::shared_ptr<PostgresConnection> self(new PostgresConnection(handle, shard));
    self->self_ = self;
    boost::asio::co_spawn(shard, read_loop(self), boost::asio::detached);
    return self;
}

bool PostgresConnection::is_usable() {
    if (is_broken_ || running_ > 0 || Clock::now() - last_end_ < kPause) {
        return !is_broken_;
    }
    // Twice: the first look may only find the words with which the server closed.
    const bool is_alive = PQconsumeInput(handle_) != 0 && PQconsumeInput(handle_) != 0 &&
                          PQstatus(handle_) == CONNECTION_OK;
    if (!is_alive) {
        close();
    }
    return is_alive;
}

bool PostgresConnection::is_held_up(std::chrono::milliseconds time) const {
    if (in_flight_.empty()) {
        return false;
    }
    const auto since = std::max(in_flight_.front().exchanges.front()->sent_at, last_result_);
    return Clock::now() - since > time;
}

const Exchange* PostgresConnection::running() const {
    if (in_flight_.empty()) {
        return nullptr;
    }
    const Flight& flight = in_flight_.front();
    const std::size_t step = std::min(flight.next_step, flight.steps.size() - 1);
    return flight.steps.empty() ? nullptr : flight.exchanges[flight.steps[step].exchange].get();
}

void PostgresConnection::close() {
    is_broken_ = true;
    boost::system::error_code ignored;
    socket_->stream.cancel(ignored);
}

std::shared_ptr<PostgresCancel> PostgresConnection::make_cancel() const {
    return std::make_shared<PostgresCancel>(handle_);
}

bool PostgresConnection::prepare(Flight& flight,
                                 Step step,
                                 const std::string& text,
                                 std::string& name) {
    if (const std::string* known = prepared_.find(text)) {
        name = *known;
        return true;
    }
    if (const auto oldest = prepared_.make_room()) {
        const std::string drop = "DEALLOCATE " + *oldest;
        if (PQsendQueryParams(handle_, drop.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) ==
            0) {
            return false;
        }
        flight.steps.push_back(step);
    }
    name = "s" + std::to_string(++names_);
    if (PQsendPrepare(handle_, name.c_str(), text.c_str(), 0, nullptr) == 0) {
        return false;
    }
    prepared_.add(text, name);
    step.prepares = text;
    flight.steps.push_back(std::move(step));
    return true;
}

bool PostgresConnection::add_command(Flight& flight, Step step) {
    const Exchange::Command& command = flight.exchanges[step.exchange]->commands[step.command];
    const PostgresParameters values(command.values);
    if (command.is_once ||
        !PreparedStatements<std::string>::is_worth_keeping(command.text, command.values.size())) {
        flight.steps.push_back(std::move(step));
        return PQsendQueryParams(handle_, command.text.c_str(), values.size(), nullptr,
                                 values.pointers(), values.lengths(), values.formats(), 0) != 0;
    }
    std::string name;
    if (!prepare(flight, step, command.text, name)) {
        return false;
    }
    flight.steps.push_back(std::move(step));
    return PQsendQueryPrepared(handle_, name.c_str(), values.size(), values.pointers(),
                               values.lengths(), values.formats(), 0) != 0;
}

void PostgresConnection::send(ExchangeRef exchange) {
    ++running_;
    if (exchange->shares_sync) {
        waiting_.push_back(std::move(exchange));
        send_soon();
        return;
    }
    send_flight({std::move(exchange)});
}

void PostgresConnection::send_soon() {
    if (sends_soon_) {
        return;
    }
    sends_soon_ = true;
    boost::asio::post(socket_->shard, [self = self_.lock()] { self->send_waiting(); });
}

void PostgresConnection::send_waiting() {
    sends_soon_ = false;
    while (!waiting_.empty()) {
        const std::size_t count = std::min(waiting_.size(), kMaxPerSync);
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
        std::vector<ExchangeRef> together(std::make_move_iterator(waiting_.begin()),
                                          std::make_move_iterator(end));
        waiting_.erase(waiting_.begin(), end);
        send_flight(std::move(together));
    }
}

void PostgresConnection::send_flight(std::vector<ExchangeRef> exchanges) {
    Flight flight;
    flight.exchanges = std::move(exchanges);
    const auto now = Clock::now();
    bool is_sent = !is_broken_;
    for (std::size_t i = 0; i < flight.exchanges.size(); ++i) {
        Exchange& exchange = *flight.exchanges[i];
        exchange.sent_at = now;
        exchange.was_skipped = false;
        for (std::size_t k = 0; is_sent && k < exchange.commands.size(); ++k) {
            is_sent = add_command(flight, {i, k, {}});
        }
    }
    is_sent = is_sent && PQpipelineSync(handle_) != 0;
    in_flight_.push_back(std::move(flight));
    if (!is_sent) {
        fail_all(went_away().with_detail(PQerrorMessage(handle_)));
        close();
        return;
    }
    flush();
}

void PostgresConnection::flush() {
    if (is_flushing_) {
        return;
    }
    const int left = PQflush(handle_);
    if (left < 0) {
        fail_all(went_away().with_detail(PQerrorMessage(handle_)));
        close();
    } else if (left > 0) {
        is_flushing_ = true;
        boost::asio::co_spawn(socket_->shard, flush_loop(self_.lock()), boost::asio::detached);
    }
}

Task<void> PostgresConnection::flush_loop(std::shared_ptr<PostgresConnection> self) {
    boost::system::error_code code;
    int left = 1;
    while (left > 0 && !self->is_broken_ && !code) {
        co_await self->socket_->stream.async_wait(boost::asio::posix::descriptor_base::wait_write,
                                                  boost::asio::redirect_error(use_task, code));
        left = code ? -1 : PQflush(self->handle_);
    }
    self->is_flushing_ = false;
    if (left != 0 && !self->is_broken_) {
        self->fail_all(went_away().with_detail(PQerrorMessage(self->handle_)));
        self->close();
    }
}

Task<void> PostgresConnection::read_loop(std::shared_ptr<PostgresConnection> self) {
    boost::system::error_code code;
    while (!self->is_broken_) {
        co_await self->socket_->stream.async_wait(boost::asio::posix::descriptor_base::wait_read,
                                                  boost::asio::redirect_error(use_task, code));
        if (code || self->is_broken_) {
            break;
        }
        const bool is_alive = PQconsumeInput(self->handle_) != 0;
        self->take_results();
        self->watch_size();
        if (!is_alive || PQstatus(self->handle_) == CONNECTION_BAD) {
            break;
        }
        self->flush();
    }
    self->is_broken_ = true;
    self->fail_all(went_away().with_detail(PQerrorMessage(self->handle_)));
}

}  // namespace sluice::services::sql
