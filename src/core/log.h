#pragma once
/// One line of UTF-8 per fact (core/log_line.h), written to stderr: time, level, room, message,
/// request id. Never a secret.

#include <string>
#include <string_view>

namespace sluice::log {

enum class Level { Debug, Info, Warn, Error };

/// Below this nothing is written. Threads: set before the shards start.
void set_level(Level level);
bool is_on(Level level);

/// Threads: any. Never blocks the caller on a slow terminal for long: lines are handed to a
/// background thread, and dropped with a count when it cannot follow.
void write(Level level,
           std::string_view room,
           std::string_view message,
           std::string_view request_id = {});

inline void debug(std::string_view room, std::string_view message, std::string_view id = {}) {
    write(Level::Debug, room, message, id);
}
inline void info(std::string_view room, std::string_view message, std::string_view id = {}) {
    write(Level::Info, room, message, id);
}
inline void warn(std::string_view room, std::string_view message, std::string_view id = {}) {
    write(Level::Warn, room, message, id);
}
inline void error(std::string_view room, std::string_view message, std::string_view id = {}) {
    write(Level::Error, room, message, id);
}

/// Waits until all lines are out. For the end of the process.
void flush();

}  // namespace sluice::log
