#pragma once
/// What a Host is made of, for host.cpp and host_io.cpp only: it brings Asio along.

#include <algorithm>
#include <optional>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "core/wakeup.h"
#include "script/host.h"
#include "script/process.h"

namespace sluice::script {

// Longer lines of a script's log or a host's output are cut.
inline constexpr std::size_t kMaxLogLine = std::size_t{8} << 10U;

/// One run in flight. Lives in the frame of Host::run.
struct Host::Flight {
    Flight(Executor executor, ScriptRef run_script, const Event& run_event, Limits run_limits)
        : script(std::move(run_script)), event(run_event), limits(run_limits), ended(executor) {}

    std::uint64_t number = 0;
    ScriptRef script;
    const Event& event;
    Limits limits;
    int depth = 0;
    bool is_fast = false;
    Wakeup ended;
    Deadline::Clock::time_point head_since;
    /// What the host had used when the run was first looked at; only for a limit of `cpu`.
    std::optional<std::chrono::nanoseconds> cpu_before;
    int api_calls = 0;
    RunEnd end{true, fail(ErrorKind::Internal, "The script's host ended."), false};

    Deadline deadline() const {
        return Deadline(
            std::min(head_since + limits.wall, event.call.request.origin.deadline.at()));
    }
};

/// The descriptors, kept out of the header because they bring Asio along.
struct Host::Channel {
    using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;

    Channel(Executor executor, const Process& process)
        : pid(process.pid),
          socket(executor, boost::asio::local::stream_protocol(), process.socket),
          output(executor, process.output),
          pidfd(executor, process.pidfd),
          wake_writer(executor) {}

    pid_t pid;
    /// The process that runs the scripts; known after the hello.
    pid_t inner_pid = -1;
    bool is_reaped = false;
    boost::asio::basic_stream_socket<boost::asio::local::stream_protocol, Executor> socket;
    Descriptor output;
    Descriptor pidfd;
    std::string to_send;
    /// What the host printed without an end of line so far.
    std::string printed;
    Wakeup wake_writer;
};

}  // namespace sluice::script
