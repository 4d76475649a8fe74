#include "script/cpu_time.h"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

using std::chrono::milliseconds;

// A child of the calling process that works, or that only waits for a child which works.
pid_t start(bool in_grandchild) {
    const pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        if (in_grandchild && fork() != 0) {
            pause();
        }
        for (volatile unsigned spins = 0;; spins = spins + 1) {
        }
    }
    return pid;
}

void end(pid_t pid) {
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
}

bool comes_to(pid_t pid, milliseconds wanted) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (cpu_time(pid) < wanted && std::chrono::steady_clock::now() < give_up) {
        usleep(5000);
    }
    return cpu_time(pid) >= wanted;
}

TEST(CpuTime, GrowsWithTheWorkOfAProcess) {
    const pid_t pid = start(false);
    EXPECT_TRUE(comes_to(pid, milliseconds(50)));
    end(pid);
}

TEST(CpuTime, CountsWhatAProcessStarted) {
    const pid_t pid = start(true);
    EXPECT_TRUE(comes_to(pid, milliseconds(50)));
    end(pid);
}

TEST(CpuTime, IsZeroForAProcessThatHasEnded) {
    const pid_t pid = start(false);
    end(pid);
    EXPECT_EQ(cpu_time(pid).count(), 0);
}

}  // namespace
}  // namespace sluice::script
