#pragma once
/// The command `serve`.

#include "app/options.h"

namespace sluice::app {

/// Serves until SIGTERM or SIGINT. Gives the process's exit code; what went wrong is on stderr.
int serve(const Options& options);

}  // namespace sluice::app
