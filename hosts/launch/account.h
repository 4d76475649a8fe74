#pragma once
/// Whose process this is, and what it may do beyond that account: nothing.

#include "options.h"

namespace sluice::launch {

/// From root to the account, with its one group, for good.
void become(const Account& account);

/// No capability now, and none to be had by running a program.
void drop_capabilities();

}  // namespace sluice::launch
