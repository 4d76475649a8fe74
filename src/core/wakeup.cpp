#include "core/wakeup.h"

#include <boost/asio/post.hpp>

#include "core/async.h"

namespace sluice {

template <typename Handler>
struct Wakeup::WaitingFor final : Wakeup::Waiting {
    explicit WaitingFor(Handler waiting) : handler(std::move(waiting)) {}
    void resume(Executor executor) override { boost::asio::post(executor, std::move(handler)); }
    Handler handler;
};

void Wakeup::set() {
    is_set_ = true;
    if (auto waiting = std::move(waiting_)) {
        waiting->resume(executor_);
    }
}

Task<void> Wakeup::wait() {
    if (!is_set_) {
        auto start = [this](auto handler) {
            waiting_ = std::make_unique<WaitingFor<decltype(handler)>>(std::move(handler));
        };
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>&, void()>(
            start, use_task);
    }
    is_set_ = false;
}

}  // namespace sluice
