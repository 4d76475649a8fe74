#pragma once
/// The open connections of one shard: who is late, who is idle, who must go.

#include <cstddef>
#include <vector>

#include "core/deadline.h"

namespace sluice::http {

/// One connection as the server sees it. The socket behind it: http/wire.h.
class Connection {
public:
    /// Fresh: nothing received yet. Idle: between two requests. Busy: the handler works, and
    /// nothing of ours is due.
    enum class Phase { Fresh, Idle, Receiving, Busy, Sending };

    virtual ~Connection() = default;
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Ends the wait for the socket, if there is one. The session goes on and finds out why.
    virtual void interrupt() = 0;
    /// Closes the socket.
    virtual void drop() = 0;

    void enter(Phase phase, Deadline due) {
        phase_ = phase;
        due_ = due;
        is_late_ = false;
    }
    Phase phase() const { return phase_; }
    Deadline due() const { return due_; }
    /// Interrupted because `due` passed.
    bool is_late() const { return is_late_; }

private:
    friend class Connections;
    Phase phase_ = Phase::Fresh;
    bool is_late_ = false;
    Deadline due_;
    std::size_t place_ = 0;
};

/// Shape:   holds no connection alive; each takes itself out when it ends.
/// Threads: one shard.
class Connections {
public:
    void add(Connection& connection);
    void remove(Connection& connection);
    std::size_t size() const { return open_.size(); }

    /// Interrupts those that are late. A pass over all is cheaper than a timer for each request.
    void interrupt_late(Deadline::Clock::time_point now);
    /// The server wants to end: interrupts idle ones, and gives fresh ones `kFreshGrace`, for their
    /// request may be on its way.
    void hurry(Deadline::Clock::time_point now);
    static constexpr std::chrono::milliseconds kFreshGrace{200};
    /// Interrupts the idle one that is due first. False when none is idle.
    bool interrupt_longest_idle();
    void drop_all();

private:
    std::vector<Connection*> open_;
};

}  // namespace sluice::http
