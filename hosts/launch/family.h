#pragma once
/// Three processes: the one that the server knows, outside; pid 1 inside, which no script can
/// touch; and the host. The end of any of them is the end of everything inside.

#include <sys/types.h>

namespace sluice::launch {

/// Dies with its parent from now on; gives up when that has died already. `parent`: getppid() at
/// the start.
void die_with(pid_t parent);

/// Returns in the host only. The process outside ends as the host ends: same code, same signal.
/// `arguments` are blanked in pid 1, where scripts could read them: they name the server's folders.
void become_host_inside(char** arguments);

/// For a process that is about to become the host: a session of its own, and the children of its
/// children come to it.
void settle_host();

}  // namespace sluice::launch
