#pragma once
/// Processor time of a host, for the limit `cpu_ms`.

#include <chrono>

#include <sys/types.h>

namespace sluice::script {

/// What the process and those it started have used so far, all threads together; zero for a process
/// that has ended. Takes some microseconds.
std::chrono::nanoseconds cpu_time(pid_t pid);

/// The process alone; zero when it has ended. Takes half a microsecond.
std::chrono::nanoseconds process_time(pid_t pid);

}  // namespace sluice::script
