#pragma once
/// Keeps a script that runs long out of the way of everybody else's.

#include <sys/types.h>

namespace sluice::script {

/// The host's own process below the one that was started: with namespaces that only waits for it
/// (hosts/launch/family.h). Call it before a script can have started others.
pid_t innermost(pid_t pid);

/// Lets the process's main thread run on any core the server may use, after all others: a loop
/// then costs the shard it belongs to next to nothing. Failing is harmless.
void step_aside(pid_t pid);

/// Back to the core and rank of the calling shard. False when the system does not allow it: the
/// process then stays slow for good.
bool step_back(pid_t pid);

}  // namespace sluice::script
