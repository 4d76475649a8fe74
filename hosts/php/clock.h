#pragma once
/// The wall clock of a run: SIGALRM, which also ends sleep() and waiting for a reply, and wakes
/// PHP's virtual machine at its next jump or call. A native function that never returns stays
/// with the server, who kills the process.

#include "run.h"

namespace sluice::php {

/// Called once, after PHP has started.
void install_clock();

/// Zero: no limit. `checks_handler`: the script could have put its own handler in place of ours.
void start_clock(std::int64_t wall_ms, bool checks_handler);
void stop_clock();

/// Whether the time of the current run is over.
bool wall_struck();

void stop_for_wall(Run& run);

}  // namespace sluice::php
