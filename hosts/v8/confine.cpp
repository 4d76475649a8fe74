#include "confine.h"

#include <cerrno>
#include <cstdio>
#include <initializer_list>

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace sluice::sandbox {

namespace {

constexpr std::int64_t kReserveBytes = std::int64_t{96} << 20;

/// Private writable memory that the process has now: what RLIMIT_DATA counts.
std::int64_t data_bytes() {
    std::FILE* file = std::fopen("/proc/self/status", "re");
    if (file == nullptr) {
        return std::int64_t{128} << 20;
    }
    char line[256];
    long kib = 128 << 10;
    while (std::fgets(line, sizeof line, file) != nullptr) {
        if (std::sscanf(line, "VmData: %ld", &kib) == 1) {
            break;
        }
    }
    std::fclose(file);
    return std::int64_t{kib} << 10;
}

bool limit(__rlimit_resource what, std::int64_t most) {
    rlimit now{};
    if (getrlimit(what, &now) != 0) {
        return false;
    }
    const auto wanted = static_cast<rlim_t>(most);
    const rlimit less{wanted, wanted};
    return now.rlim_max != RLIM_INFINITY && now.rlim_max <= wanted ? true
                                                                   : setrlimit(what, &less) == 0;
}

bool set_limits(std::int64_t memory_bytes) {
    const bool has_core = limit(RLIMIT_CORE, 0);
    const bool has_files = limit(RLIMIT_FSIZE, 0);
    const bool has_data = limit(RLIMIT_DATA, data_bytes() + 2 * memory_bytes + kReserveBytes);
    return has_core && has_files && has_data;
}

bool allow(scmp_filter_ctx filter, std::initializer_list<int> calls) {
    for (const int call : calls) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) {
            return false;
        }
    }
    return true;
}

/// Pages that are executable only where V8 compiles to machine code.
bool allow_memory(scmp_filter_ctx filter, bool has_jit) {
    const scmp_arg_cmp no_exec{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    bool is_added = true;
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
        is_added = is_added && (has_jit ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0)
                                        : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1,
                                                                 &no_exec)) == 0;
    }
    return is_added &&
           allow(filter, {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk)});
}

bool add_rules(scmp_filter_ctx filter, bool has_jit) {
    const bool is_allowed = allow(filter, {SCMP_SYS(read),
                                           SCMP_SYS(write),
                                           SCMP_SYS(writev),
                                           SCMP_SYS(poll),
                                           SCMP_SYS(ppoll),
                                           SCMP_SYS(close),
                                           SCMP_SYS(futex),
                                           SCMP_SYS(sched_yield),
                                           SCMP_SYS(clock_gettime),
                                           SCMP_SYS(clock_getres),
                                           SCMP_SYS(clock_nanosleep),
                                           SCMP_SYS(nanosleep),
                                           SCMP_SYS(gettimeofday),
                                           SCMP_SYS(getrandom),
                                           SCMP_SYS(getpid),
                                           SCMP_SYS(gettid),
                                           SCMP_SYS(tgkill),
                                           SCMP_SYS(rt_sigaction),
                                           SCMP_SYS(rt_sigprocmask),
                                           SCMP_SYS(rt_sigreturn),
                                           SCMP_SYS(sigaltstack),
                                           SCMP_SYS(epoll_wait),
                                           SCMP_SYS(epoll_pwait),
                                           SCMP_SYS(epoll_ctl),
                                           SCMP_SYS(exit),
                                           SCMP_SYS(exit_group),
                                           SCMP_SYS(restart_syscall),
                                           SCMP_SYS(getrusage),
                                           SCMP_SYS(membarrier),
                                           SCMP_SYS(rseq),
                                           SCMP_SYS(set_robust_list),
                                           SCMP_SYS(sched_getaffinity)}) &&
                            allow_memory(filter, has_jit);
    // glibc falls back to clone() when clone3() is not there, and clone() is for threads only.
    const scmp_arg_cmp is_thread{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD};
    const bool is_refused =
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
        seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &is_thread) == 0;
    bool is_killed = true;
    for (const int call :
         {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_writev),
          SCMP_SYS(process_vm_readv), SCMP_SYS(fork), SCMP_SYS(vfork)}) {
        is_killed = is_killed && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
    }
    return is_allowed && is_refused && is_killed;
}

/// Every call that is not listed fails with EACCES: glibc opens files late and from other threads,
/// and lives on.
bool set_filter(bool has_jit) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EACCES));
    if (filter == nullptr) {
        return false;
    }
    const bool is_loaded = add_rules(filter, has_jit) &&
                           seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
                           seccomp_load(filter) == 0;
    seccomp_release(filter);
    return is_loaded;
}

}  // namespace

Confinement confine(std::int64_t memory_bytes, bool has_jit) {
    Confinement made;
    const auto note = [&made](const char* measure, bool is_in_force) {
        (is_in_force ? made.in_force : made.refused).emplace_back(measure);
    };
    note("rlimits", set_limits(memory_bytes));
    note("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    note("seccomp", set_filter(has_jit));
    return made;
}

}  // namespace sluice::sandbox
