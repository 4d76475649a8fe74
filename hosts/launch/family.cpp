#include "family.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "mounts.h"
#include "part.h"

namespace sluice::launch {
namespace {

// The server must see the end of its socket and pipe when the host ends, not later.
void let_go_of_everything() {
    drop_capabilities();
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    syscall(SYS_close_range, 0U, ~0U, 0U);
}

int wait_for(pid_t child) {
    int status = 0;
    for (;;) {
        const pid_t ended = waitpid(-1, &status, 0);
        if (ended == child) {
            return status;
        }
        if (ended < 0 && errno != EINTR) {
            _exit(kRefused);
        }
    }
}

[[noreturn]] void end_as(int status) {
    if (WIFSIGNALED(status)) {
        std::signal(WTERMSIG(status), SIG_DFL);
        kill(getpid(), WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : kRefused);
}

// In a process namespace the parent's number is 0, whether it lives or not.
void die_with_outside(int outside) {
    need(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "die with the server");
    pollfd gone{outside, POLLIN, 0};
    if (poll(&gone, 1, 0) != 0) {
        _exit(kRefused);
    }
}

}  // namespace

void die_with(pid_t parent) {
    need(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "die with the server");
    if (getppid() != parent) {
        _exit(kRefused);
    }
}

void become_host_inside(char** arguments) {
    const int outside = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
    need(outside >= 0, "watch the process outside");
    void* shared =
        mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    need(shared != MAP_FAILED, "share the end of the host");
    int* end = static_cast<int*>(shared);

    const pid_t first = fork();
    need(first >= 0, "start the first process inside");
    if (first > 0) {
        *end = kRefused << 8;
        let_go_of_everything();
        const int status = wait_for(first);
        end_as(WIFSIGNALED(status) ? status : *end);
    }
    die_with_outside(outside);
    mount_proc();
    const pid_t host = fork();
    need(host >= 0, "start the host inside");
    if (host > 0) {
        for (char** argument = arguments + 1; *argument != nullptr; ++argument) {
            explicit_bzero(*argument, std::strlen(*argument));
        }
        let_go_of_everything();
        *end = wait_for(host);
        _exit(0);
    }
    close(outside);
    munmap(shared, sizeof(int));
}

void settle_host() {
    setsid();
    need(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "inherit orphans");
}

}  // namespace sluice::launch
