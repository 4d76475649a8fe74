#pragma once
/// The class of $platform['api']: get, post, put, patch, delete, call, as methods
/// (`$api->get($path)`) and as values (`$get = $api->get; $get($path)`).

#include "engine.h"

namespace sluice::php {

/// Called once, while PHP starts its modules.
void register_api();

/// A new object of the class.
void make_api(zval* out);

}  // namespace sluice::php
