#pragma once
/// Functions that scripts expect besides PHP's own: env, dump, dd, getallheaders, and \Log.

#include "engine.h"

namespace sluice::php {

extern const zend_function_entry kHelperFunctions[];

/// Called once, while PHP starts its modules.
void register_log();

}  // namespace sluice::php
