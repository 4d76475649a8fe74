#include "http/receiver.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace sluice::http {
namespace {

using Phase = Connection::Phase;

// Of what a client sends on after our last word.
constexpr std::size_t kDiscardAtMost = 16UL * 1024 * 1024;

}  // namespace

Task<bool> Receiver::next() {
    const auto executor = co_await boost::asio::this_coro::executor;
    body_began_ = {};
    body_received_ = 0;
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
                failure_ = parser_.too_large();
                co_return true;
            }
            note_progress();
            if (parser_.is_paused()) {
                co_await boost::asio::post(executor, use_task);
                continue;
            }
        }
        if (parser_.expects_continue() && parser_.is_head_done() && !has_continued) {
            has_continued = true;
            const bool is_sent = co_await responder_.ask_for_body();
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

void Receiver::count_body() {
    buffered_.set(parser_.body_bytes());
    if (state_.buffered_bytes > state_.config.max_buffered_bytes) {
        failure_.emplace(ErrorKind::ServiceUnavailable, "Too many large requests at once.");
    }
}

/// The head has one time limit as a whole; a body has one that grows with what was received.
void Receiver::note_progress() {
    if (!parser_.has_started()) {
        return;
    }
    if (connection_.phase() != Phase::Receiving) {
        connection_.enter(Phase::Receiving, Deadline::after(state_.config.header_time));
    }
    if (parser_.is_head_done()) {
        if (body_began_ == Deadline::Clock::time_point()) {
            body_began_ = Deadline::Clock::now();
            input_.expect_much();
        }
        connection_.enter(Phase::Receiving, body_due());
    }
}

Deadline Receiver::body_due() const {
    return Deadline(body_began_ + state_.config.time_for(body_received_));
}

Task<bool> Receiver::read() {
    boost::system::error_code failed;
    const std::size_t count = co_await wire_.read(input_.room(), failed);
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

void Receiver::reset() {
    parser_.reset();
    input_.shrink();
}

Task<void> Receiver::discard() {
    boost::system::error_code failed;
    std::size_t total = 0;
    while (!failed && total < kDiscardAtMost) {
        input_.take(input_.view().size());
        total += co_await wire_.read(input_.room(), failed);
    }
}

}  // namespace sluice::http
