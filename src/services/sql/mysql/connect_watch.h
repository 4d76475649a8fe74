#pragma once
/// A bound on the time and the bytes that a server takes to let us in. libmariadb's own limits are
/// of each read: whoever sends a byte now and then, or without end, would hold a thread for ever.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

struct st_mysql;

namespace sluice::services::sql {

/// While it lives, what its thread does with handles that were `attach`ed is watched; beyond a
/// limit the socket is shut down, and the library finds the connection lost.
/// Threads: made and destroyed on the thread that connects. Throws std::system_error when there is
/// no thread to watch from.
class ConnectWatch {
public:
    ConnectWatch(std::chrono::milliseconds time, std::uint64_t most_bytes);
    ~ConnectWatch();
    ConnectWatch(const ConnectWatch&) = delete;
    ConnectWatch& operator=(const ConnectWatch&) = delete;

    /// Before the handle connects.
    static void attach(st_mysql* handle);

private:
    using Clock = std::chrono::steady_clock;

    /// The library waits for a socket: as poll(2), with the watch on it from now on.
    static int wait(int socket, char is_read, int milliseconds);
    /// False when it is too late.
    bool note(int socket);
    void watch();
    bool is_beyond() const;

    const Clock::time_point until_;
    const std::uint64_t most_bytes_;
    std::mutex mutex_;
    std::condition_variable changed_;
    /// Of our own: the number that the library has may be that of another by the time it is used.
    int socket_ = -1;
    bool is_over_ = false;
    bool is_expired_ = false;
    std::thread thread_;
};

}  // namespace sluice::services::sql
