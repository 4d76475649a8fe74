#include "http/responder.h"

#include <optional>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/content_stream.h"
#include "core/log.h"
#include "http/compress.h"
#include "http/serialise.h"

namespace sluice::http {
namespace {

constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// Above this a body is written from where it is; below, copying it behind the head is cheaper than
// a second buffer for the kernel to gather.
constexpr std::size_t kCopyUpTo = 16UL * 1024;
// A shard compresses this much, some milliseconds, before others get their turn.
constexpr std::size_t kGzipPiece = 256UL * 1024;

}  // namespace

Task<bool> Responder::ask_for_body() {
    Taken taken;
    co_return co_await send(kContinue, {}, taken);
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
    if (response.rest && sends_content(response, envelope)) {
        co_return co_await send_chunks(response, envelope);
    }
    if (envelope.is_gzip) {
        co_await compress(response.content);
    }
    co_return co_await send_whole(response, envelope);
}

Task<bool> Responder::send_whole(const Response& response, const Envelope& envelope) {
    output_.clear();
    append_head(response, envelope, output_);
    std::string_view body;
    if (sends_content(response, envelope)) {
        body = response.content;
    }
    content_bytes_ = body.size();
    if (body.size() <= kCopyUpTo) {
        output_.append(body);
        body = {};
    }
    Taken taken;
    co_return co_await send(output_, body, taken);
}

/// The head, the content and all that follows it, as it is made.
Task<bool> Responder::send_chunks(const Response& response, const Envelope& envelope) {
    output_.clear();
    append_head(response, envelope, output_);
    content_bytes_ = 0;
    Taken taken;
    bool goes_on = co_await send(output_, {}, taken);
    std::optional<Gzip> gzip;
    if (envelope.is_gzip) {
        gzip.emplace();
    }
    std::string piece = response.content;
    while (goes_on) {
        const bool is_last = piece.empty();
        if (gzip) {
            std::string packed;
            gzip->add(piece, is_last, packed);
            piece = std::move(packed);
        }
        goes_on = co_await send_chunk(piece, taken);
        if (is_last) {
            break;
        }
        connection_.enter(Connection::Phase::Busy, Deadline());
        if (const Status made = co_await response.rest->next(piece); !made) {
            log::error("http",
                       "an answer was cut off after " + std::to_string(content_bytes_) +
                           " bytes: " + made.error().message() + " " + made.error().detail(),
                       envelope.request_id);
            co_return false;
        }
    }
    if (goes_on) {
        goes_on = co_await send(kLastChunk, {}, taken);
    }
    co_return goes_on;
}

Task<bool> Responder::send_chunk(std::string& piece, Taken& taken) {
    if (piece.empty()) {
        co_return true;  // as a chunk it would be the last
    }
    content_bytes_ += piece.size();
    output_.clear();
    append_chunk_size(piece.size(), output_);
    piece.append("\r\n");
    co_return co_await send(output_, piece, taken);
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

Task<bool> Responder::send(std::string_view head, std::string_view body, Taken& taken) {
    // What is made between two pieces of an answer takes none of the client's time.
    const auto began = Deadline::Clock::now() - taken.time;
    const std::size_t before = taken.bytes;
    std::size_t sent = 0;
    connection_.enter(Connection::Phase::Sending, Deadline(began + state_.config.time_for(before)));
    while (true) {
        boost::system::error_code failed;
        const std::size_t count = co_await wire_.write(head, body, failed);
        if (failed) {
            co_return false;
        }
        const std::size_t of_head = std::min(count, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(count - of_head);
        sent += count;
        if (head.empty() && body.empty()) {
            taken = {before + sent, Deadline::Clock::now() - began};
            co_return true;
        }
        // By what the client took, not by what the kernel took for it: who reads nothing is not
        // given the time that all of a long answer would take.
        const std::size_t all = before + sent;
        connection_.enter(
            Connection::Phase::Sending,
            Deadline(began + state_.config.time_for(all - std::min(all, wire_.unacknowledged()))));
    }
}

}  // namespace sluice::http
