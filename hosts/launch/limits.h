#pragma once
/// Resource limits of the host.

#include "options.h"

namespace sluice::launch {

/// Sets what was asked for, and no core files. Gives up when the system refuses one.
void set_limits(const Options& options);

}  // namespace sluice::launch
