#include "script/priority.h"

#include <fstream>
#include <string>

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

struct Sleeper {
    Sleeper() : pid(fork()) {
        if (pid == 0) {
            pause();
            _exit(0);
        }
    }
    ~Sleeper() {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
    }
    int nice() const { return getpriority(PRIO_PROCESS, static_cast<id_t>(pid)); }
    pid_t pid;
};

TEST(Priority, LongRunnersComeAfterOthers) {
    const Sleeper sleeper;
    const int before = sleeper.nice();
    step_aside(sleeper.pid);
    EXPECT_GT(sleeper.nice(), before);
}

TEST(Priority, SteppingBackRestoresTheRankOrSaysThatItCannot) {
    const Sleeper sleeper;
    const int before = sleeper.nice();
    step_aside(sleeper.pid);
    if (step_back(sleeper.pid)) {
        EXPECT_EQ(sleeper.nice(), before);
    } else {
        EXPECT_GT(sleeper.nice(), before);
    }
}

TEST(Innermost, IsTwoLevelsDownAtMost) {
    const Sleeper alone;
    EXPECT_EQ(innermost(alone.pid), alone.pid);
    EXPECT_EQ(innermost(-1), -1);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t outer = fork();
    if (outer == 0) {
        if (fork() == 0) {
            const pid_t inner = fork();
            if (inner > 0) {
                [[maybe_unused]] const ssize_t put = write(ends[1], &inner, sizeof inner);
            }
        }
        pause();
        _exit(0);
    }
    pid_t inner = 0;
    ASSERT_EQ(read(ends[0], &inner, sizeof inner), static_cast<ssize_t>(sizeof inner));
    EXPECT_EQ(innermost(outer), inner);
    const std::string number = std::to_string(outer);
    pid_t middle = 0;
    std::ifstream("/proc/" + number + "/task/" + number + "/children") >> middle;
    for (const pid_t pid : {outer, middle, inner}) {
        kill(pid, SIGKILL);
    }
    waitpid(outer, nullptr, 0);
    close(ends[0]);
    close(ends[1]);
}

TEST(Priority, ProcessThatIsGoneIsNoMatter) {
    pid_t gone = 0;
    {
        const Sleeper sleeper;
        gone = sleeper.pid;
    }
    step_aside(gone);
    EXPECT_FALSE(step_back(gone));
}

}  // namespace
}  // namespace sluice::script
