#pragma once
/// What the host still says when a script used up its stack: PHP 8.2 looks at no limit where native
/// code calls scripts and scripts native code, and a bare signal would tell the server nothing.

#include <cstdint>

#include "channel.h"

namespace sluice::php {

/// Once, from the main thread. `descriptor`: where frames go.
void install_last_words(int descriptor);

/// The run that an overflow from now on ends; zero: none. What waits in the channel is sent before
/// the last words.
void prepare_last_words(const Channel& channel, std::int64_t run);

}  // namespace sluice::php
