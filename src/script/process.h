#pragma once
/// A child process with a socket on its descriptor 3 and one pipe for all it prints.

#include <string>
#include <vector>

#include <sys/types.h>

#include "core/result.h"

namespace sluice::script {

/// Descriptors are the parent's ends, non-blocking and closed on exec; the caller closes them.
struct Process {
    pid_t pid = -1;
    int socket = -1;
    int output = -1;
    /// Readable when the process has ended.
    int pidfd = -1;
};

/// `environment`: lines of `NAME=value`, the whole of what the child gets.
/// Errors: ServiceUnavailable when the process cannot be made.
/// Threads: the child dies with the calling thread (PR_SET_PDEATHSIG in hosts/launch).
Result<Process> start_process(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment);

}  // namespace sluice::script
