#include "http/session.h"

#include <array>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/log.h"
#include "http/input.h"
#include "http/parse.h"
#include "http/serialise.h"

namespace sluice::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket&>;
using Clock = Deadline::Clock;
using Phase = Connection::Phase;

constexpr std::string_view kAllowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// Above this a body is written from where it is; below, copying it behind the head is cheaper than
// a second buffer for the kernel to gather.
constexpr std::size_t kCopyUpTo = 16UL * 1024;
// A shard compresses this much, some milliseconds, before others get their turn.
constexpr std::size_t kGzipPiece = 256UL * 1024;
// After our last word the client may still be sending; closing at once would make the kernel throw
// away the answer with it.
constexpr std::chrono::milliseconds kLinger{1000};
constexpr std::size_t kLingerBytes = 16UL * 1024 * 1024;

class SocketConnection final : public Connection {
public:
    SocketConnection(ServerState& state, Socket& socket) : state_(&state), socket_(&socket) {
        state_->connections.add(*this);
    }
    ~SocketConnection() override {
        state_->connections.remove(*this);
        if (state_->is_draining && state_->connections.size() == 0) {
            state_->all_gone.set();
        }
    }
    SocketConnection(const SocketConnection&) = delete;
    SocketConnection& operator=(const SocketConnection&) = delete;

    void interrupt() override {
        error_code ignored;
        socket_->cancel(ignored);
    }
    void drop() override {
        error_code ignored;
        socket_->close(ignored);
    }

private:
    ServerState* state_;
    Socket* socket_;
};

Response response_of(const Error& error) {
    Response response = Response::from(error);
    if (error.kind() == ErrorKind::MethodNotAllowed) {
        response.headers.set("Allow", std::string(kAllowed));
    }
    return response;
}

/// Counts the bytes of one body into the shard's sum, and out of it again: from its first byte
/// until its answer is written, because a body that waits in a handler takes as much room as one
/// arriving.
class BufferedBytes {
public:
    explicit BufferedBytes(std::size_t& sum) : sum_(&sum) {}
    ~BufferedBytes() { *sum_ -= counted_; }
    BufferedBytes(const BufferedBytes&) = delete;
    BufferedBytes& operator=(const BufferedBytes&) = delete;

    void set(std::size_t bytes) {
        *sum_ += bytes - counted_;
        counted_ = bytes;
    }

private:
    std::size_t* sum_;
    std::size_t counted_ = 0;
};

/// The exchange of requests and answers, the same over plain and encrypted streams.
template <typename Stream>
class Session {
public:
    Session(ServerState& state,
            Connection& connection,
            Stream& stream,
            const std::string& client_address)
        : state_(state),
          connection_(connection),
          stream_(stream),
          client_address_(client_address),
          buffered_(state.buffered_bytes),
          parser_(state.config),
          input_(state.config.max_header_bytes + Input::kSmall) {}

    Task<void> run() {
        connection_.enter(Phase::Fresh,
                          Deadline::after(state_.is_draining ? Connections::kFreshGrace
                                                             : state_.config.header_time));
        while (true) {
            const bool has_request = co_await receive();
            if (!has_request) {
                co_return;
            }
            const bool goes_on = co_await answer();
            if (!goes_on || state_.is_draining) {
                break;
            }
            parser_.reset();
            input_.shrink();
            connection_.enter(Phase::Idle, Deadline::after(state_.config.idle_time));
        }
        co_await linger();
    }

private:
    /// True when there is something to answer: a request in the parser, or `failure_`.
    Task<bool> receive() {
        bool has_continued = false;
        while (true) {
            if (!input_.empty()) {
                const Result<std::size_t> taken = parser_.put(input_.view());
                if (!taken) {
                    failure_ = taken.error();
                    co_return true;
                }
                input_.take(*taken);
                count_body();
                if (failure_ || parser_.is_done()) {
                    co_return true;
                }
                if (input_.is_full()) {
                    failure_.emplace(ErrorKind::HeaderTooLarge,
                                     "The request's headers are too large.");
                    co_return true;
                }
                note_progress();
            }
            if (parser_.expects_continue() && parser_.is_head_done() && !has_continued) {
                has_continued = true;
                const bool is_sent = co_await send(kContinue, {});
                if (!is_sent) {
                    co_return false;
                }
                connection_.enter(Phase::Receiving, body_due());
            }
            const bool has_more = co_await read();
            if (!has_more) {
                co_return failure_.has_value();
            }
        }
    }

    void count_body() {
        buffered_.set(parser_.body_bytes());
        if (state_.buffered_bytes > state_.config.max_buffered_bytes) {
            failure_.emplace(ErrorKind::ServiceUnavailable, "Too many large requests at once.");
        }
    }

    /// The head has one time limit as a whole; a body has one that grows with what was received.
    void note_progress() {
        if (!parser_.has_started()) {
            return;
        }
        if (connection_.phase() != Phase::Receiving) {
            connection_.enter(Phase::Receiving, Deadline::after(state_.config.header_time));
        }
        if (parser_.is_head_done()) {
            if (body_began_ == Clock::time_point()) {
                body_began_ = Clock::now();
                input_.expect_much();
            }
            connection_.enter(Phase::Receiving, body_due());
        }
    }

    std::chrono::milliseconds time_for(std::size_t bytes) const {
        return state_.config.transfer_time +
               std::chrono::milliseconds(bytes * 1000 / state_.config.min_bytes_per_second);
    }
    Deadline body_due() const { return Deadline(body_began_ + time_for(body_received_)); }

    Task<bool> read() {
        const std::span<char> room = input_.room();
        error_code failed;
        const std::size_t count = co_await stream_.async_read_some(
            asio::buffer(room.data(), room.size()), asio::redirect_error(use_task, failed));
        if (failed) {
            if (connection_.is_late() && parser_.has_started()) {
                failure_.emplace(ErrorKind::RequestTimeout, "The request took too long to arrive.");
            }
            co_return false;
        }
        input_.received(count);
        body_received_ += count;
        co_return true;
    }

    /// True when the connection goes on.
    Task<bool> answer() {
        const auto began = Clock::now();
        connection_.enter(Phase::Busy, Deadline());
        body_began_ = {};
        body_received_ = 0;
        Framing framing = parser_.framing();
        const bool is_head = parser_.request().is_head;
        const Verb verb = parser_.request().verb;
        std::string request_id(parser_.request_id());
        if (request_id.empty()) {
            request_id = state_.ids.next();
        }
        std::string uri;
        if (state_.config.logs_access) {
            uri = parser_.request().uri;
        }
        Response response;
        if (failure_) {
            framing.keeps_alive = false;
            parser_.take();  // what came of it makes room at once, not when the client has read
            buffered_.set(0);
            response = response_of(*failure_);
            log::debug("http", failure_->message() + " " + failure_->detail(), request_id);
        } else {
            Request request = parser_.take();
            request.origin.deadline = Deadline(began + state_.config.request_time);
            request.origin.request_id = request_id;
            request.origin.client_address = client_address_;
            response = co_await handle(std::move(request), request_id);
        }
        framing.keeps_alive = framing.keeps_alive && !state_.is_draining;
        const bool is_sent = co_await respond(response, framing, is_head, request_id);
        buffered_.set(0);
        if (state_.config.logs_access) {
            log_access(verb, uri, response, began, request_id);
        }
        co_return is_sent&& framing.keeps_alive;
    }

    /// The handler's answer; its bugs become 500 and the process lives.
    Task<Response> handle(Request request, const std::string& request_id) {
        const bool is_options = request.verb == Verb::Options;
        if (is_options && request.path == "*") {
            co_return options();
        }
        std::string bug;
        try {
            Response response = co_await state_.handler(std::move(request));
            co_return is_options&& response.status >= 400 ? options() : std::move(response);
        } catch (const std::exception& error) {
            bug = error.what();
        } catch (...) {
            bug = "an exception of unknown type";
        }
        log::error("http", "the handler failed: " + bug, request_id);
        co_return Response::from(Error(ErrorKind::Internal, "Internal server error."));
    }

    static Response options() {
        Response response;
        response.status = 204;
        response.headers.set("Allow", std::string(kAllowed));
        return response;
    }

    Task<bool> respond(Response& response,
                       Framing framing,
                       bool is_head,
                       const std::string& request_id) {
        Envelope envelope{.framing = framing,
                          .is_head = is_head,
                          .is_gzip = false,
                          .request_id = request_id,
                          .date = state_.clock.now()};
        if (is_compressible(response, state_.config.gzip_from_bytes)) {
            response.headers.join("Vary", "Accept-Encoding");
            envelope.is_gzip = framing.accepts_gzip && !is_head;
        }
        if (envelope.is_gzip) {
            co_await compress(response.content);
        }
        output_.clear();
        append_head(response, envelope, output_);
        std::string_view body;
        if (sends_content(response, envelope)) {
            body = response.content;
        }
        if (body.size() <= kCopyUpTo) {
            output_.append(body);
            body = {};
        }
        const bool is_sent = co_await send(output_, body);
        co_return is_sent;
    }

    Task<void> compress(std::string& content) {
        std::string packed;
        if (content.size() <= kGzipPiece) {
            state_.gzip.begin();
            state_.gzip.add(content, true, packed);
        } else {
            auto executor = co_await asio::this_coro::executor;
            Gzip own;  // others compress while this one waits for its turn
            for (std::size_t at = 0; at < content.size(); at += kGzipPiece) {
                own.add(std::string_view(content).substr(at, kGzipPiece),
                        at + kGzipPiece >= content.size(), packed);
                co_await asio::post(executor, use_task);
            }
        }
        content = std::move(packed);
    }

    Task<bool> send(std::string_view head, std::string_view body) {
        connection_.enter(Phase::Sending, Deadline::after(time_for(head.size() + body.size())));
        while (!head.empty() || !body.empty()) {
            const std::array<asio::const_buffer, 2> pieces{asio::buffer(head.data(), head.size()),
                                                           asio::buffer(body.data(), body.size())};
            error_code failed;
            const std::size_t count =
                co_await stream_.async_write_some(pieces, asio::redirect_error(use_task, failed));
            if (failed) {
                co_return false;
            }
            const std::size_t of_head = std::min(count, head.size());
            head.remove_prefix(of_head);
            body.remove_prefix(count - of_head);
        }
        co_return true;
    }

    void log_access(Verb verb,
                    const std::string& uri,
                    const Response& response,
                    Clock::time_point began,
                    const std::string& request_id) const {
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
        std::string line(name_of(verb));
        line.append(" ").append(uri).append(" ");
        line.append(std::to_string(wire_status(response.status))).append(" ");
        line.append(std::to_string(response.content.size())).append("B ");
        line.append(std::to_string(took.count())).append("us ").append(client_address_);
        log::info("http", line, request_id);
    }

    /// Says that we are done; one that may still be sending gets a little time to hear it.
    Task<void> linger() {
        connection_.enter(Phase::Sending, Deadline::after(kLinger));
        const bool may_be_sending = failure_.has_value() || !input_.empty();
        error_code failed;
        if constexpr (std::is_same_v<Stream, Socket>) {
            if (may_be_sending) {
                stream_.shutdown(Socket::shutdown_send, failed);
                co_await discard();
            }
        } else {
            if (may_be_sending) {
                co_await discard();  // a body that nobody reads would break the closing exchange
            }
            co_await stream_.async_shutdown(asio::redirect_error(use_task, failed));
        }
    }

    Task<void> discard() {
        error_code failed;
        std::size_t total = 0;
        while (!failed && total < kLingerBytes) {
            input_.take(input_.view().size());
            const std::span<char> room = input_.room();
            total += co_await stream_.async_read_some(asio::buffer(room.data(), room.size()),
                                                      asio::redirect_error(use_task, failed));
        }
    }

    ServerState& state_;
    Connection& connection_;
    Stream& stream_;
    const std::string& client_address_;
    BufferedBytes buffered_;
    RequestParser parser_;
    Input input_;
    std::string output_;
    std::optional<Error> failure_;
    Clock::time_point body_began_;
    std::size_t body_received_ = 0;
};

Task<void> serve_tls(ServerState& state,
                     Connection& connection,
                     Socket& socket,
                     const std::string& client_address) {
    SSL* ssl = SSL_new(state.tls.get());
    if (ssl == nullptr) {
        co_return;
    }
    TlsStream stream(socket, ssl);
    connection.enter(Phase::Receiving, Deadline::after(state.config.header_time));
    error_code failed;
    co_await stream.async_handshake(TlsStream::server, asio::redirect_error(use_task, failed));
    if (failed) {
        log::debug("http", "TLS handshake failed: " + failed.message());
        co_return;
    }
    Session<TlsStream> session(state, connection, stream, client_address);
    co_await session.run();
}

}  // namespace

Task<void> serve_connection(std::shared_ptr<ServerState> state,
                            int descriptor,
                            bool is_ipv6,
                            std::string client_address) {
    auto executor = co_await asio::this_coro::executor;
    Socket socket(executor, is_ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), descriptor);
    SocketConnection connection(*state, socket);
    try {
        if (state->tls) {
            co_await serve_tls(*state, connection, socket, client_address);
        } else {
            Session<Socket> session(*state, connection, socket, client_address);
            co_await session.run();
        }
    } catch (const std::exception& error) {
        log::error("http", std::string("a connection ended on a bug: ") + error.what());
    }
}

}  // namespace sluice::http
