#include "script/priority.h"

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
