#include "namespaces.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "part.h"

namespace sluice::launch {
namespace {

bool write_file(const char* path, const char* text) {
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    const std::size_t size = std::strlen(text);
    const bool is_written = write(file, text, size) == static_cast<ssize_t>(size);
    const int code = errno;
    close(file);
    errno = code;
    return is_written;
}

void map_to_itself(const char* path, unsigned id, const char* part) {
    char line[64];
    std::snprintf(line, sizeof line, "%u %u 1\n", id, id);
    need(write_file(path, line), part);
}

}  // namespace

void enter_namespaces(Network network) {
    const uid_t user = geteuid();
    const gid_t group = getegid();
    int all = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
    if (network == Network::None) {
        all |= CLONE_NEWNET;
    }
    need(unshare(all) == 0, "make namespaces");
    need(write_file("/proc/self/setgroups", "deny"), "forbid changing groups");
    map_to_itself("/proc/self/uid_map", user, "map the user");
    map_to_itself("/proc/self/gid_map", group, "map the group");
    constexpr char kName[] = "sluice";
    need(sethostname(kName, sizeof kName - 1) == 0, "set the host's name");
    // A namespace made by a script would give it back the kernel's larger face: capabilities
    // within. Where /proc/sys may not be written, that face stays.
    static_cast<void>(write_file("/proc/sys/user/max_user_namespaces", "0"));
}

}  // namespace sluice::launch
