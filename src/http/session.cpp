#include "http/session.h"

#include <boost/asio/this_coro.hpp>

#include "core/log.h"
#include "http/receiver.h"
#include "http/responder.h"
#include "http/serialise.h"

namespace sluice::http {
namespace {

using Clock = Deadline::Clock;
using Phase = Connection::Phase;

constexpr std::string_view kAllowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
// After our last word the client may still be sending; closing at once would make the kernel throw
// away the answer with it.
constexpr std::chrono::milliseconds kLinger{1000};
// Answers up to this go out however much is held: they tell what is the matter.
constexpr std::size_t kSmallAnswer = 16UL * 1024;

/// Stands in the list of the shard's connections as long as it lives.
class ListedConnection final : public Connection {
public:
    ListedConnection(ServerState& state, Wire& wire) : state_(&state), wire_(&wire) {
        state_->connections.add(*this);
    }
    ~ListedConnection() override {
        state_->connections.remove(*this);
        if (state_->is_draining && state_->connections.size() == 0) {
            state_->all_gone.set();
        }
    }
    ListedConnection(const ListedConnection&) = delete;
    ListedConnection& operator=(const ListedConnection&) = delete;

    void interrupt() override { wire_->interrupt(); }
    void drop() override { wire_->drop(); }

private:
    ServerState* state_;
    Wire* wire_;
};

Response response_of(const Error& error) {
    Response response = Response::from(error);
    if (error.kind() == ErrorKind::MethodNotAllowed) {
        response.headers.set("Allow", std::string(kAllowed));
    }
    return response;
}

/// The call is over: whether it may be made again depends on what it did.
Error no_room(Verb verb) {
    return {ErrorKind::ServiceUnavailable,
            verb == Verb::Get ? "The server holds too much that clients have not taken yet. Try "
                                "again, or ask for less."
                              : "The call was carried out, but its answer could not be kept: the "
                                "server holds too much that clients have not taken yet."};
}

Response options() {
    Response response;
    response.status = 204;
    response.headers.set("Allow", std::string(kAllowed));
    return response;
}

/// The exchange of requests and answers.
class Session {
public:
    Session(ServerState& state,
            Connection& connection,
            Wire& wire,
            const std::string& client_address)
        : state_(state),
          connection_(connection),
          wire_(wire),
          client_address_(client_address),
          responder_(state, connection, wire),
          receiver_(state, connection, wire, responder_) {}

    Task<void> run() {
        connection_.enter(Phase::Fresh,
                          Deadline::after(state_.is_draining ? Connections::kFreshGrace
                                                             : state_.config.header_time));
        while (true) {
            const bool has_request = co_await receiver_.next();
            if (!has_request) {
                co_return;
            }
            const bool goes_on = co_await answer();
            if (!goes_on || state_.is_draining) {
                break;
            }
            receiver_.reset();
            connection_.enter(Phase::Idle, Deadline::after(state_.config.idle_time));
        }
        co_await linger();
    }

private:
    /// True when the connection goes on.
    Task<bool> answer() {
        const auto began = Clock::now();
        connection_.enter(Phase::Busy, Deadline());
        RequestParser& parser = receiver_.parser();
        Framing framing = parser.framing();
        const bool is_head = parser.request().is_head;
        const Verb verb = parser.request().verb;
        std::string request_id(parser.request_id());
        if (request_id.empty()) {
            request_id = state_.ids.next();
        }
        std::string uri;
        if (state_.config.logs_access) {
            uri = parser.request().uri;
        }
        std::string client = client_address_;
        Response response;
        if (const auto& failure = receiver_.failure()) {
            framing.keeps_alive = false;
            parser.take();  // what came of it makes room at once, not when the client has read
            receiver_.release();
            response = response_of(*failure);
            log::debug("http", failure->message() + " " + failure->detail(), request_id);
        } else {
            Request request = parser.take();
            request.origin.deadline = Deadline(began + state_.config.request_time);
            request.origin.request_id = request_id;
            client = state_.config.trusted_proxies.client_of(
                client_address_, request.headers.get_or("x-forwarded-for", ""));
            request.origin.client_address = client;
            request.may_stream = !framing.is_http_1_0;
            response = co_await handle(std::move(request), request_id);
        }
        // An answer takes its room until the client has it. Clients that ask and do not read must
        // not fill the memory that others need.
        BufferedBytes held(state_.buffered_bytes);
        if (response.content.size() > kSmallAnswer &&
            state_.buffered_bytes + response.content.size() > state_.config.max_buffered_bytes) {
            response = response_of(no_room(verb));
        }
        held.set(response.content.size());
        framing.keeps_alive = framing.keeps_alive && !state_.is_draining;
        const bool is_sent = co_await responder_.respond(response, framing, is_head, request_id);
        receiver_.release();
        if (state_.config.logs_access) {
            log_access(verb, uri, response.status, began, request_id, client);
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

    void log_access(Verb verb,
                    const std::string& uri,
                    int status,
                    Clock::time_point began,
                    const std::string& request_id,
                    const std::string& client) const {
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
        std::string line(name_of(verb));
        // Without the query: keys and tokens may be in it, and what people look for.
        line.append(" ").append(uri, 0, uri.find('?')).append(" ");
        line.append(std::to_string(wire_status(status))).append(" ");
        line.append(std::to_string(responder_.content_bytes())).append("B ");
        line.append(std::to_string(took.count())).append("us ").append(client);
        log::info("http", line, request_id);
    }

    /// Says that we are done; one that may still be sending gets a little time to hear it.
    Task<void> linger() {
        connection_.enter(Phase::Sending, Deadline::after(kLinger));
        if (receiver_.may_have_more()) {
            wire_.end_sending();
            co_await receiver_.discard();
        }
        co_await wire_.close();
    }

    ServerState& state_;
    Connection& connection_;
    Wire& wire_;
    const std::string& client_address_;
    Responder responder_;
    Receiver receiver_;
};

}  // namespace

Task<void> serve_connection(std::shared_ptr<ServerState> state,
                            int descriptor,
                            bool is_ipv6,
                            std::string client_address) {
    auto executor = co_await boost::asio::this_coro::executor;
    try {
        const auto wire = make_wire(executor, descriptor, is_ipv6, state->tls);
        ListedConnection connection(*state, *wire);
        // Until the handshake is done no request can have begun: nobody waits for it at the end.
        connection.enter(Phase::Fresh,
                         Deadline::after(state->is_draining ? Connections::kFreshGrace
                                                            : state->config.header_time));
        const bool is_open = co_await wire->open();
        if (is_open) {
            Session session(*state, connection, *wire, client_address);
            co_await session.run();
        }
    } catch (const std::exception& error) {
        log::error("http", std::string("a connection ended on a bug: ") + error.what());
    }
}

}  // namespace sluice::http
