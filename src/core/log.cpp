#include "core/log.h"

#include <memory>

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/log_line.h"

namespace sluice::log {
namespace {

// 8192 lines: about a second of a busy server; beyond it the oldest are dropped, not the caller
// held up.
constexpr std::size_t kQueueLines = 8192;

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
        case Level::Debug:
            return spdlog::level::debug;
        case Level::Info:
            return spdlog::level::info;
        case Level::Warn:
            return spdlog::level::warn;
        case Level::Error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

spdlog::logger& logger() {
    // Never destroyed: its thread, and other threads of ours, may still write when statics end.
    static const auto& kept = *new std::shared_ptr<spdlog::logger>([] {
        spdlog::init_thread_pool(kQueueLines, 1);
        // Not spdlog::stderr_logger_mt: the library is compiled for the blocking policy only.
        auto made = std::make_shared<spdlog::async_logger>(
            "sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>(), spdlog::thread_pool(),
            spdlog::async_overflow_policy::overrun_oldest);
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        made->flush_on(spdlog::level::warn);
        spdlog::flush_every(std::chrono::seconds(1));
        return made;
    }());
    return *kept;
}

}  // namespace

void set_level(Level level) {
    logger().set_level(level_of(level));
}

bool is_on(Level level) {
    return logger().should_log(level_of(level));
}

void write(Level level,
           std::string_view room,
           std::string_view message,
           std::string_view request_id) {
    if (!is_on(level)) {
        return;
    }
    std::string line(room);
    line.append(": ");
    append_as_line(line, message);
    if (!request_id.empty()) {
        line.append(" request=");
        append_as_line(line, request_id);
    }
    logger().log(level_of(level), line);
}

void flush() {
    logger().flush();
    spdlog::shutdown();
}

}  // namespace sluice::log
