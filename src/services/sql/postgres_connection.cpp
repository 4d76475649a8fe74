#include "services/sql/postgres_connection.h"

#include <algorithm>
#include <iterator>

#include <fcntl.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace sluice::services::sql {
namespace {

using Clock = Deadline::Clock;
using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;

/// Statements kept per connection; the server pays some kB for each.
constexpr std::size_t kMaxPrepared = 256;
/// Reads before one sync: enough to save most system calls, few enough that none waits long.
constexpr std::size_t kMaxPerSync = 16;
constexpr Oid kBytea = 17;
/// A connection that was busy this short a time ago is taken to be alive.
constexpr auto kPause = std::chrono::milliseconds(50);

Error went_away() {
    return Error(ErrorKind::ServiceUnavailable, "The database went away.");
}

/// The values of one statement as libpq takes them. Bytes go in binary, all else as text.
class Encoded {
public:
    explicit Encoded(const std::vector<Value>& values) {
        texts_.reserve(values.size());
        for (const Value& value : values) {
            add(value);
        }
    }
    int size() const { return static_cast<int>(pointers_.size()); }
    const char* const* pointers() const { return pointers_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    void add(const Value& value) {
        if (const auto* text = std::get_if<std::string>(&value)) {
            push(text->c_str(), text->size(), 0);
        } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
            push(bytes->bytes.c_str(), bytes->bytes.size(), 1);
        } else if (is_null(value)) {
            push(nullptr, 0, 0);
        } else {
            const std::string& spelled = texts_.emplace_back(text_of(value));
            push(spelled.c_str(), spelled.size(), 0);
        }
    }
    void push(const char* text, std::size_t size, int format) {
        pointers_.push_back(text);
        lengths_.push_back(static_cast<int>(size));
        formats_.push_back(format);
    }

    std::vector<std::string> texts_;
    std::vector<const char*> pointers_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

int hex_digit(char c) {
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/// `\x00ff`, as bytea_output = hex writes it.
std::string from_hex(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
        bytes.push_back(static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1])));
    }
    return bytes;
}

void hand_over(const PGresult* result, RowSink& sink) {
    const int rows = PQntuples(result);
    const int columns = PQnfields(result);
    std::string bytes;
    for (int row = 0; row < rows; ++row) {
        sink.start_row();
        for (int column = 0; column < columns; ++column) {
            Cell cell;
            if (PQgetisnull(result, row, column) == 0) {
                cell.form = Cell::Form::Text;
                cell.text = {PQgetvalue(result, row, column),
                             static_cast<std::size_t>(PQgetlength(result, row, column))};
                if (PQftype(result, column) == kBytea) {
                    bytes = from_hex(cell.text);
                    cell.form = Cell::Form::Bytes;
                    cell.text = bytes;
                }
            }
            sink.cell(cell);
        }
        sink.end_row();
    }
}

}  // namespace

struct PostgresConnection::Socket {
    // A descriptor of our own for libpq's socket: libpq closes its one as soon as it finds the
    // connection lost, and the number may then be another connection's, whose place in the loop
    // would be taken away with ours.
    Socket(Executor shard_, int descriptor) : shard(shard_), stream(shard_) {
        const int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        boost::system::error_code refused;
        stream.assign(own, refused);
        if (refused && own >= 0) {
            ::close(own);  // every wait fails now, and so the connection counts as lost
        }
    }
    Executor shard;
    Descriptor stream;
};

struct PostgresConnection::Cancel {
    explicit Cancel(PGconn* handle) : request(PQgetCancel(handle)) {}
    ~Cancel() { PQfreeCancel(request); }
    Cancel(const Cancel&) = delete;
    Cancel& operator=(const Cancel&) = delete;
    PGcancel* request;
};

void Exchange::abandon() {
    for (Command& command : commands) {
        command.sink = nullptr;
    }
}

Result<PGconn*> PostgresConnection::connect(const PostgresSettings& settings, int timeout_seconds) {
    const std::string timeout = std::to_string(timeout_seconds);
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : settings.keywords) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.insert(names.end(), {"connect_timeout", "client_encoding", nullptr});
    values.insert(values.end(), {timeout.c_str(), "UTF8", nullptr});
    PGconn* handle = PQconnectdbParams(names.data(), values.data(), 0);
    if (handle == nullptr || PQstatus(handle) != CONNECTION_OK) {
        const Error error =
            from_failed_connect(handle == nullptr ? "out of memory" : PQerrorMessage(handle));
        PQfinish(handle);
        return fail(error);
    }
    PQsetNoticeProcessor(
        handle, [](void*, const char*) {}, nullptr);
    PQsetnonblocking(handle, 1);
    PQenterPipelineMode(handle);
    return handle;
}

PostgresConnection::PostgresConnection(PGconn* handle, Executor shard)
    : handle_(handle), socket_(std::make_unique<Socket>(shard, PQsocket(handle))) {}

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

void PostgresConnection::close() {
    is_broken_ = true;
    boost::system::error_code ignored;
    socket_->stream.cancel(ignored);
}

std::shared_ptr<PostgresConnection::Cancel> PostgresConnection::make_cancel() const {
    return std::make_shared<Cancel>(handle_);
}

void PostgresConnection::request(const Cancel& cancel) {
    char ignored[256];
    PQcancel(cancel.request, ignored, sizeof ignored);
}

bool PostgresConnection::prepare(Flight& flight,
                                 Step step,
                                 const std::string& text,
                                 std::string& name) {
    ++uses_;
    if (const auto found = prepared_.find(text); found != prepared_.end()) {
        found->second.last_use = uses_;
        name = found->second.name;
        return true;
    }
    if (prepared_.size() >= kMaxPrepared) {
        const auto oldest = std::ranges::min_element(
            prepared_, {}, [](const auto& entry) { return entry.second.last_use; });
        const std::string drop = "DEALLOCATE " + oldest->second.name;
        prepared_.erase(oldest);
        if (PQsendQueryParams(handle_, drop.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) ==
            0) {
            return false;
        }
        flight.steps.push_back(step);
    }
    name = "s" + std::to_string(uses_);
    if (PQsendPrepare(handle_, name.c_str(), text.c_str(), 0, nullptr) == 0) {
        return false;
    }
    prepared_[text] = {name, uses_};
    step.prepares = text;
    flight.steps.push_back(std::move(step));
    return true;
}

bool PostgresConnection::add_command(Flight& flight, Step step) {
    const Exchange::Command& command = flight.exchanges[step.exchange]->commands[step.command];
    std::string name;
    if (!prepare(flight, step, command.text, name)) {
        return false;
    }
    const Encoded values(command.values);
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
        if (!is_alive || PQstatus(self->handle_) == CONNECTION_BAD) {
            break;
        }
        self->flush();
    }
    self->is_broken_ = true;
    self->fail_all(went_away().with_detail(PQerrorMessage(self->handle_)));
}

bool PostgresConnection::take_results() {
    while (!in_flight_.empty() && PQisBusy(handle_) == 0) {
        PGresult* result = PQgetResult(handle_);
        if (result == nullptr) {  // one command is through
            Flight& flight = in_flight_.front();
            if (flight.next_step >= flight.steps.size()) {
                return false;  // the connection is lost: no sync will come
            }
            ++flight.next_step;
            continue;
        }
        take(result);
        PQclear(result);
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
            if (RowSink* sink = exchange.commands[step.command].sink) {
                hand_over(result, *sink);
            }
            return;
        case PGRES_COMMAND_OK:
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

void PostgresConnection::finish(Exchange& exchange) {
    --running_;
    exchange.is_over = true;
    exchange.done.set();
}

void PostgresConnection::end_flight() {
    const Flight flight = std::move(in_flight_.front());
    in_flight_.pop_front();
    const auto now = Clock::now();
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
        if (!exchange->failure || exchange->sqlstate.starts_with("57P")) {
            exchange->failure = error;
            exchange->sqlstate.clear();
        }
        finish(*exchange);
    }
}

}  // namespace sluice::services::sql
