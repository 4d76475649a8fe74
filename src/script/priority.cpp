#include "script/priority.h"

#include <fstream>
#include <string>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sluice::script {
namespace {

// 10 of 19: a tenth of the share of a process of usual rank, still enough to come to its end.
constexpr int kAsideNice = 10;

// Of the whole process: read before any shard bound its own thread.
cpu_set_t cores_of_server() {
    static const cpu_set_t kCores = [] {
        cpu_set_t cores;
        CPU_ZERO(&cores);
        // The first thread is never bound to one core.
        if (sched_getaffinity(getpid(), sizeof cores, &cores) != 0) {
            CPU_SET(0, &cores);
        }
        return cores;
    }();
    return kCores;
}

}  // namespace

pid_t innermost(pid_t pid) {
    constexpr int kLevels = 2;
    for (int level = 0; level < kLevels; ++level) {
        const std::string number = std::to_string(pid);
        pid_t child = 0;
        if (!(std::ifstream("/proc/" + number + "/task/" + number + "/children") >> child)) {
            break;
        }
        pid = child;
    }
    return pid;
}

void step_aside(pid_t pid) {
    const cpu_set_t cores = cores_of_server();
    sched_setaffinity(pid, sizeof cores, &cores);
    setpriority(PRIO_PROCESS, static_cast<id_t>(pid), kAsideNice);
}

bool step_back(pid_t pid) {
    cpu_set_t own;
    CPU_ZERO(&own);
    if (sched_getaffinity(0, sizeof own, &own) == 0) {
        sched_setaffinity(pid, sizeof own, &own);
    }
    return setpriority(PRIO_PROCESS, static_cast<id_t>(pid), getpriority(PRIO_PROCESS, 0)) == 0;
}

}  // namespace sluice::script
