#include "script/process.h"

#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice::script {
namespace {

// Closes on every way out of start_process.
struct Descriptor {
    int fd = -1;
    Descriptor() = default;
    explicit Descriptor(int opened) : fd(opened) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd >= 0) {
            close(fd);
        }
    }
    int release() { return std::exchange(fd, -1); }
};

struct FileActions {
    posix_spawn_file_actions_t actions{};
    FileActions() { posix_spawn_file_actions_init(&actions); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions); }
};

struct Attributes {
    posix_spawnattr_t attributes{};
    Attributes() { posix_spawnattr_init(&attributes); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes); }
};

tl::unexpected<Error> cannot(const char* what, int code) {
    return fail(Error(ErrorKind::ServiceUnavailable, "A script host could not be started.")
                    .with_detail(std::string(what) + ": " + std::strerror(code)));
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) {
        pointers.push_back(const_cast<char*>(text.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

Result<Process> start_process(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return cannot("socketpair", errno);
    }
    Descriptor ours(ends[0]);
    Descriptor theirs(ends[1]);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return cannot("pipe", errno);
    }
    Descriptor output(ends[0]);
    Descriptor printed(ends[1]);

    FileActions files;
    posix_spawn_file_actions_addopen(&files.actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files.actions, printed.fd, 1);
    posix_spawn_file_actions_adddup2(&files.actions, printed.fd, 2);
    posix_spawn_file_actions_adddup2(&files.actions, theirs.fd, 3);
    posix_spawn_file_actions_addclosefrom_np(&files.actions, 4);

    // The server ignores SIGPIPE and may block others; a script starts from the defaults.
    Attributes attributes;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes.attributes, &none);
    posix_spawnattr_setsigdefault(&attributes.attributes, &all);
    posix_spawnattr_setflags(&attributes.attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    Process process;
    const std::vector<char*> argv = pointers_to(arguments);
    const std::vector<char*> envp = pointers_to(environment);
    const int code = posix_spawn(&process.pid, argv[0], &files.actions, &attributes.attributes,
                                 argv.data(), envp.data());
    if (code != 0) {
        return cannot(argv[0], code);
    }
    process.pidfd = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
    fcntl(ours.fd, F_SETFL, O_NONBLOCK);
    fcntl(output.fd, F_SETFL, O_NONBLOCK);
    process.socket = ours.release();
    process.output = output.release();
    return process;
}

}  // namespace sluice::script
