#pragma once
/// Blocking work on a pool, awaited from a shard.

#include <exception>
#include <optional>
#include <type_traits>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/task.h"

namespace sluice {

/// Runs `work` on `pool` and resumes on the shard that awaits it.
///
/// Shape:   `work` is called once, without arguments; its result must be movable and not void.
/// Errors:  an exception of `work` is rethrown to the awaiting coroutine.
/// Threads: `work` runs on a thread of the pool and must own what it touches.
template <typename Work>
Task<std::invoke_result_t<Work>> on_pool(boost::asio::thread_pool& pool, Work work) {
    using Value = std::invoke_result_t<Work>;
    constexpr boost::asio::use_awaitable_t<Executor> kAwait;
    auto shard = co_await boost::asio::this_coro::executor;
    std::optional<Value> value;
    std::exception_ptr failure;
    auto start = [&pool, &work, &value, &failure, shard](auto handler) {
        // The guard keeps the shard's loop alive until the work is back.
        boost::asio::post(
            pool, [&work, &value, &failure, shard, guard = boost::asio::make_work_guard(shard),
                   handler = std::move(handler)]() mutable {
                try {
                    value.emplace(work());
                } catch (...) {
                    failure = std::current_exception();
                }
                boost::asio::post(shard, std::move(handler));
            });
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>&, void()>(
        start, kAwait);
    if (failure) {
        std::rethrow_exception(failure);
    }
    co_return std::move(*value);
}

}  // namespace sluice
