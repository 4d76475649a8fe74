#include "script/cpu_time.h"

#include <ctime>
#include <fstream>
#include <string>
#include <vector>

namespace sluice::script {
namespace {

// A script that starts more processes is not measured to the end.
constexpr std::size_t kMostProcesses = 64;

}  // namespace

std::chrono::nanoseconds process_time(pid_t pid) {
    clockid_t clock = 0;
    timespec used{};
    if (pid <= 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
        return {};
    }
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::chrono::nanoseconds cpu_time(pid_t pid) {
    std::vector<pid_t> family{pid};
    std::chrono::nanoseconds total{0};
    for (std::size_t i = 0; i < family.size() && i < kMostProcesses; ++i) {
        total += process_time(family[i]);
        const std::string number = std::to_string(family[i]);
        std::ifstream children("/proc/" + number + "/task/" + number + "/children");
        for (pid_t child = 0; children >> child;) {
            family.push_back(child);
        }
    }
    return total;
}

}  // namespace sluice::script
