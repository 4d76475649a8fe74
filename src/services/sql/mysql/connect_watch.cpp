#include "services/sql/mysql/connect_watch.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <mariadb/mysql.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "services/sql/received_bytes.h"

namespace sluice::services::sql {
namespace {

/// Most connections are made before the first look.
constexpr auto kLook = std::chrono::milliseconds(20);

thread_local ConnectWatch* watch_of_this_thread = nullptr;

}  // namespace

ConnectWatch::ConnectWatch(std::chrono::milliseconds time, std::uint64_t most_bytes)
    : until_(Clock::now() + time), most_bytes_(most_bytes), thread_([this] { watch(); }) {
    watch_of_this_thread = this;
}

ConnectWatch::~ConnectWatch() {
    watch_of_this_thread = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

void ConnectWatch::attach(st_mysql* handle) {
    mysql_optionsv(handle, MARIADB_OPT_IO_WAIT, &ConnectWatch::wait);
}

int ConnectWatch::wait(int socket, char is_read, int milliseconds) {
    if (watch_of_this_thread != nullptr && !watch_of_this_thread->note(socket)) {
        errno = ETIMEDOUT;
        return -1;
    }
    pollfd polled{socket, static_cast<short>(is_read != 0 ? POLLIN : POLLOUT), 0};
    int ready = 0;
    do {
        ready = ::poll(&polled, 1, milliseconds > 0 ? milliseconds : -1);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        errno = ETIMEDOUT;
    }
    return ready;
}

bool ConnectWatch::note(int socket) {
    const std::scoped_lock lock(mutex_);
    if (socket_ < 0) {
        socket_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
    } else {
        ::dup3(socket, socket_, O_CLOEXEC);  // it may be the next of several addresses
    }
    if (is_expired_ && socket_ >= 0) {
        ::shutdown(socket_, SHUT_RDWR);
    }
    return !is_expired_;
}

bool ConnectWatch::is_beyond() const {
    return Clock::now() >= until_ ||
           (socket_ >= 0 && received_bytes(socket_).value_or(0) > most_bytes_);
}

void ConnectWatch::watch() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_until(lock, std::min(Clock::now() + kLook, until_),
                                [this] { return is_over_; })) {
        if (is_beyond()) {
            is_expired_ = true;
            if (socket_ >= 0) {
                ::shutdown(socket_, SHUT_RDWR);
            }
            return;
        }
    }
}

}  // namespace sluice::services::sql
