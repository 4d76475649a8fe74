// A Host's process and descriptors: start, the loops that read and write, the end.

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "core/async.h"
#include "core/log.h"
#include "script/frame.h"
#include "script/host_parts.h"

namespace sluice::script {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
constexpr std::chrono::milliseconds kReapTime{20};
// What a dead host printed last is still read for this long, also when a process that it left
// behind holds the pipe open.
constexpr std::chrono::milliseconds kLastOutput{500};
constexpr std::size_t kMostLastOutput = std::size_t{256} << 10U;

}  // namespace

Host::~Host() {
    if (channel_ && !channel_->is_reaped) {
        ::kill(channel_->pid, SIGKILL);
        waitpid(channel_->pid, nullptr, 0);
    }
}

Result<std::shared_ptr<Host>> Host::start(Executor executor,
                                          HostSettings settings,
                                          Handler handler,
                                          std::function<void(Host&)> on_change) {
    SLUICE_TRY(const Process process, start_process(settings.arguments, settings.environment));
    std::shared_ptr<Host> host(
        new Host(executor, std::move(settings), std::move(handler), std::move(on_change)));
    host->channel_ = std::make_unique<Channel>(executor, process);

    FrameBuilder setup(FrameType::Setup);
    setup.head().append("\"engine\":").append(json_string(host->settings_.engine));
    setup.head().append(",\"config\":").append(host->settings_.config_json);
    setup.head().append(",\"memory_bytes\":").append(std::to_string(host->settings_.memory_bytes));
    SLUICE_CHECK(setup.append_to(host->channel_->to_send));

    asio::co_spawn(executor, write_frames(host), asio::detached);
    asio::co_spawn(executor, read_frames(host), asio::detached);
    asio::co_spawn(executor, read_output(host), asio::detached);
    asio::co_spawn(executor, reap(host), asio::detached);
    host->send_soon();
    return host;
}

pid_t Host::pid() const {
    return channel_->pid;
}

void Host::send_soon() {
    channel_->wake_writer.set();
}

// What several coroutines append in one turn of the loop goes out in one write.
Task<void> Host::write_frames(std::shared_ptr<Host> self) {
    std::string sending;
    while (self->state_ != HostState::Dead) {
        co_await self->channel_->wake_writer.wait();
        sending.clear();
        std::swap(sending, self->channel_->to_send);
        if (sending.empty()) {
            continue;
        }
        boost::system::error_code code;  // a broken socket is read_frames' to report
        co_await asio::async_write(self->channel_->socket, asio::buffer(sending),
                                   asio::redirect_error(use_task, code));
        if (code) {
            co_return;
        }
    }
}

Task<void> Host::read_frames(std::shared_ptr<Host> self) {
    FrameReader reader;
    std::string why = "it closed its socket";
    while (self->state_ != HostState::Dead) {
        const auto [at, space] = reader.prepare(kReadBytes);
        boost::system::error_code code;
        const std::size_t bytes = co_await self->channel_->socket.async_read_some(
            asio::buffer(at, space), asio::redirect_error(use_task, code));
        if (code) {
            // The exit status says more than the closed socket; it follows at once when the process
            // has ended.
            co_await sleep_for(kReapTime);
            break;
        }
        reader.commit(bytes);
        bool is_broken = false;
        for (;;) {
            Result<std::optional<Frame>> frame = reader.next();
            const Status handled = !frame                ? fail(frame.error())
                                   : !frame->has_value() ? Status()
                                                         : self->on_frame(**frame);
            if (!handled) {
                why = handled.error().message() + " " + handled.error().detail();
                is_broken = true;
            }
            if (is_broken || !frame || !frame->has_value()) {
                break;
            }
        }
        if (is_broken) {
            break;
        }
    }
    self->die(why);
}

// Cuts what came into lines; what has no end yet waits in `printed`.
void Host::take_output(std::string_view bytes) {
    std::string& line = channel_->printed;
    line.append(bytes);
    std::size_t end = 0;
    while ((end = line.find('\n')) != std::string::npos || line.size() > kMaxLogLine) {
        end = std::min(end, kMaxLogLine);
        on_output(std::string_view(line).substr(0, end));
        line.erase(0, std::min(end + 1, line.size()));
    }
}

Task<void> Host::read_output(std::shared_ptr<Host> self) {
    char bytes[4096];
    for (;;) {
        boost::system::error_code code;
        const std::size_t count = co_await self->channel_->output.async_read_some(
            asio::buffer(bytes), asio::redirect_error(use_task, code));
        if (code) {
            co_return;
        }
        self->take_output({bytes, count});
    }
}

// Why a process ended may be in what it printed last, which is in the pipe by now. Never waits.
void Host::read_last_output() {
    char bytes[4096];
    for (std::size_t total = 0; total < kMostLastOutput;) {
        const ssize_t count = ::read(channel_->output.native_handle(), bytes, sizeof bytes);
        if (count <= 0) {
            return;
        }
        take_output({bytes, static_cast<std::size_t>(count)});
        total += static_cast<std::size_t>(count);
    }
}

Task<void> Host::reap(std::shared_ptr<Host> self) {
    boost::system::error_code code;
    co_await self->channel_->pidfd.async_wait(Channel::Descriptor::wait_read,
                                              asio::redirect_error(use_task, code));
    if (code) {
        co_return;
    }
    // What it sent before it left counts: that it is done, mostly.
    if (self->state_ != HostState::Dead && self->channel_->socket.available(code) > 0) {
        co_await sleep_for(kReapTime);
    }
    int status = 0;
    if (waitpid(self->channel_->pid, &status, WNOHANG) == self->channel_->pid) {
        self->channel_->is_reaped = true;
    }
    self->die(WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                  : "exit code " + std::to_string(WEXITSTATUS(status)));
    self->channel_->pidfd.close(code);
    co_await sleep_for(kLastOutput);
    self->channel_->output.close(code);
}

}  // namespace sluice::script
