// Sets what a host process inherits and cannot change back, then becomes the host.
// usage: sluice-launch [--data-mb N] [--space-mb N] [--files N] [--processes N] -- program
// [argument...]
//
// A process of its own, because these calls must happen between fork and exec, where a server with
// threads may do next to nothing.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr rlim_t kMegabyte = 1024 * 1024;

bool lower_limit(__rlimit_resource what, rlim_t value) {
    rlimit limit{};
    if (getrlimit(what, &limit) != 0) {
        return false;
    }
    limit.rlim_cur = value < limit.rlim_max ? value : limit.rlim_max;
    limit.rlim_max = limit.rlim_cur;
    return setrlimit(what, &limit) == 0;
}

// One option and its value; false for what is no option of ours.
bool apply(const char* option, const char* text) {
    char* end = nullptr;
    const unsigned long long value = std::strtoull(text, &end, 10);
    if (*text == '\0' || *end != '\0') {
        return false;
    }
    if (std::strcmp(option, "--data-mb") == 0) {
        return lower_limit(RLIMIT_DATA, value * kMegabyte);
    }
    if (std::strcmp(option, "--space-mb") == 0) {
        return lower_limit(RLIMIT_AS, value * kMegabyte);
    }
    if (std::strcmp(option, "--files") == 0) {
        return lower_limit(RLIMIT_NOFILE, value);
    }
    if (std::strcmp(option, "--processes") == 0) {
        return lower_limit(RLIMIT_NPROC, value);
    }
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    const pid_t parent = getppid();
    int at = 1;
    for (; at + 1 < argc && std::strcmp(argv[at], "--") != 0; at += 2) {
        if (!apply(argv[at], argv[at + 1])) {
            std::fprintf(stderr, "sluice-launch: cannot apply %s %s\n", argv[at], argv[at + 1]);
            return 125;
        }
    }
    if (at + 1 >= argc) {
        std::fputs("sluice-launch: no program given\n", stderr);
        return 125;
    }
    // A host in an endless loop would not see its socket close when the server dies.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        return 125;  // the server died before the line above
    }
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    lower_limit(RLIMIT_CORE, 0);
    setsid();  // a signal for the server's group (Ctrl-C) is the server's to handle
    execvp(argv[at + 1], argv + at + 1);
    std::fprintf(stderr, "sluice-launch: cannot run %s: %s\n", argv[at + 1], std::strerror(errno));
    return 126;
}
