#pragma once
/// The host's own view of users, processes, mounts, names and, when asked for, networks.

#include "options.h"

namespace sluice::launch {

/// Moves this process (its children, for process ids) into new namespaces, as the user it is.
void enter_namespaces(Network network);

}  // namespace sluice::launch
