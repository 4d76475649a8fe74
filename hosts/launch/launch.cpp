// Sets what a host process inherits and cannot change back, then becomes the host.
// usage: sluice-launch [--data-mb N] [--space-mb N] [--files N] [--processes N] [--user UID:GID]
//                      [--namespaces open|closed [--hosts DIR] [--keep DIR] [--write DIR]
//                      [--hide PATH] [--tmp-mb N]] -- program [argument...]
// `sluice-launch --nothing` ends at once: the program of a trial.
//
// A process of its own, because these calls must happen between fork and exec, where a server with
// threads may do next to nothing. Whatever was asked for and is refused ends the start: exit 126.

#include <cerrno>
#include <cstring>

#include <sys/prctl.h>
#include <unistd.h>

#include "account.h"
#include "family.h"
#include "limits.h"
#include "mounts.h"
#include "namespaces.h"
#include "options.h"
#include "part.h"

namespace {

using namespace sluice::launch;

// Hosts go back to the folder they began in after each run: it must be one they may enter.
void leave_closed_folder() {
    char folder[4096];
    if (getcwd(folder, sizeof folder) == nullptr || chdir(folder) != 0) {
        need(chdir("/") == 0, "enter", "/");
    }
}

// The parts, each after what it needs: files are held before root is given up, the user is switched
// before namespaces are made as that user, and capabilities last as long as mounts are made.
void isolate(const Options& options) {
    Carried carried(options);
    if (options.namespaces && geteuid() == 0) {
        static_cast<void>(carried.take());  // in a container tried again with the new namespaces
    }
    if (options.account) {
        become(*options.account);
    }
    if (options.namespaces) {
        enter_namespaces(*options.namespaces);
        arrange_mounts(options, carried);
    } else if (options.account) {
        leave_closed_folder();
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--nothing") == 0) {
        return 0;
    }
    const pid_t parent = getppid();
    const Options options = read_options(argc, argv);
    need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "forbid new privileges");
    setsid();  // a signal for the server's group (Ctrl-C) is the server's to handle
    isolate(options);
    die_with(parent);  // after the switch of users, which would undo it
    if (options.namespaces) {
        become_host_inside(argv);
    }
    settle_host();
    if (options.account || options.namespaces) {
        drop_capabilities();
    }
    set_limits(options);
    execvp(options.program[0], options.program);
    give_up("run", options.program[0]);
}
