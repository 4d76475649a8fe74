#include "account.h"

#include <cerrno>

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "part.h"

namespace sluice::launch {
namespace {

// Left alone where the process may not: no_new_privs then makes the bounding set meaningless.
void empty_bounding_set() {
    for (unsigned long capability = 0; capability < 64; ++capability) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
            need(errno == EINVAL || errno == EPERM, "drop capabilities");
            return;  // past the last one, or not ours to drop
        }
    }
}

}  // namespace

void become(const Account& account) {
    empty_bounding_set();  // while this may; a user namespace begins with a full one
    need(setgroups(0, nullptr) == 0, "leave the server's groups");
    need(setresgid(account.group, account.group, account.group) == 0, "switch to the group");
    need(setresuid(account.user, account.user, account.user) == 0, "switch to the user");
    // Changing the user hides this process from itself: its uid_map would be root's to write.
    need(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0, "own the process");
}

void drop_capabilities() {
    empty_bounding_set();
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[2]{};
    need(syscall(SYS_capset, &header, none) == 0, "drop capabilities");
}

}  // namespace sluice::launch
