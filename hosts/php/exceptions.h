#pragma once
/// The platform's exceptions as PHP classes in \DreamFactory\Core\Exceptions, all of them
/// \Exception.

#include <string>

#include "engine.h"

namespace sluice::php {

/// Called once, while PHP starts its modules.
void register_exceptions();

zend_class_entry* rest_exception_class();

struct Thrown {
    std::int64_t status = 500;
    std::int64_t code = 500;
    std::string context;  ///< JSON, or empty
    bool is_bare = false;
};

/// `object`: of rest_exception_class() or below it.
Thrown read_rest_exception(zend_object* object);

}  // namespace sluice::php
