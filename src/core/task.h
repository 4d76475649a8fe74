#pragma once
/// The coroutine type of the whole server. Design: docs/adr/0001-coroutines-on-asio.md.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace sluice {

/// One shard's event loop. The concrete type, not `any_io_executor`: it saves an allocation and an
/// indirect call per await.
using Executor = boost::asio::io_context::executor_type;

/// Shape:   co_await gives a T; runs on the executor it was spawned on.
/// Threads: a Task stays on its shard. Parameters are values, or references to what the caller's
///          own frame holds.
template <typename T>
using Task = boost::asio::awaitable<T, Executor>;

}  // namespace sluice
