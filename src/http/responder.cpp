#include "http/responder.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "http/serialise.h"

namespace sluice::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// Above this a body is written from where it is; below, copying it behind the head is cheaper than
// a second buffer for the kernel to gather.
constexpr std::size_t kCopyUpTo = 16UL * 1024;
// A shard compresses this much, some milliseconds, before others get their turn.
constexpr std::size_t kGzipPiece = 256UL * 1024;

}  // namespace

Task<bool> Responder::ask_for_body() {
    return send(kContinue, {});
}

Task<bool> Responder::respond(Response& response,
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

Task<void> Responder::compress(std::string& content) {
    std::string packed;
    if (content.size() <= kGzipPiece) {
        state_.gzip.begin();
        state_.gzip.add(content, true, packed);
    } else {
        auto executor = co_await boost::asio::this_coro::executor;
        Gzip own;  // others compress while this one waits for its turn
        for (std::size_t at = 0; at < content.size(); at += kGzipPiece) {
            own.add(std::string_view(content).substr(at, kGzipPiece),
                    at + kGzipPiece >= content.size(), packed);
            co_await boost::asio::post(executor, use_task);
        }
    }
    content = std::move(packed);
}

Task<bool> Responder::send(std::string_view head, std::string_view body) {
    const auto began = Deadline::Clock::now();
    std::size_t sent = 0;
    connection_.enter(Connection::Phase::Sending, Deadline(began + state_.config.time_for(0)));
    while (true) {
        boost::system::error_code failed;
        const std::size_t count = co_await wire_.write(head, body, failed);
        if (failed) {
            co_return false;
        }
        const std::size_t of_head = std::min(count, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(count - of_head);
        if (head.empty() && body.empty()) {
            co_return true;
        }
        // By what the client took, not by what the kernel took for it: who reads nothing is not
        // given the time that all of a long answer would take.
        sent += count;
        const std::size_t taken = sent - std::min(sent, wire_.unacknowledged());
        connection_.enter(Connection::Phase::Sending,
                          Deadline(began + state_.config.time_for(taken)));
    }
}

}  // namespace sluice::http
