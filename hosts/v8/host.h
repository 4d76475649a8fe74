#pragma once
/// The loop of the sandbox: frames in, one engine at a time, frames out.

#include <deque>
#include <map>
#include <memory>

#include "engine.h"

namespace sluice::sandbox {

/// Threads: one.
class Host final : public Server {
public:
    Host(int fd, bool has_jit, v8::Isolate* starter);

    /// Serves until the other side closes; then the process ends.
    [[noreturn]] void serve();

    Connection& connection() override { return connection_; }
    Watchdog& watchdog() override { return watchdog_; }
    std::optional<Frame> next_reply(Clock::time_point deadline) override;
    void keep(const std::string& hash, const Frame& frame) override;
    void forget(const std::string& hash) override { kept_.erase(hash); }

private:
    Frame next();
    void handle(const Frame& frame);
    void set_up(const Frame& frame);
    void make_engine();
    [[noreturn]] void leave(int code);

    Connection connection_;
    bool has_jit_;
    v8::Isolate* starter_;
    node::MultiIsolatePlatform* platform_;
    uv_loop_s* loop_;
    Watchdog watchdog_;
    std::deque<Frame> waiting_;
    Frame setup_;
    std::map<std::string, Frame> kept_;
    std::int64_t memory_bytes_ = std::int64_t{128} << 20;
    std::unique_ptr<Engine> engine_;
};

}  // namespace sluice::sandbox
