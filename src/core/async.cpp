#include "core/async.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

namespace sluice {

Task<void> sleep_for(std::chrono::milliseconds time) {
    auto executor = co_await boost::asio::this_coro::executor;
    Timer timer(executor);
    timer.expires_after(time);
    co_await timer.async_wait(use_task);
}

void Signal::set() {
    is_set_ = true;
    timer_.cancel();
}

Task<bool> Signal::wait_until(Deadline deadline) {
    while (!is_set_ && !deadline.has_passed()) {
        timer_.expires_at(deadline.at());
        boost::system::error_code cancelled;  // by set(), or by time: is_set_ tells
        co_await timer_.async_wait(boost::asio::redirect_error(use_task, cancelled));
    }
    const bool was_set = is_set_;
    is_set_ = false;
    co_return was_set;
}

}  // namespace sluice
