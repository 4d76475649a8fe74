#pragma once
/// What a thrown object becomes in the `error` of a done frame.

#include "run.h"

namespace sluice::php {

/// Fills `run.fault` from an exception or error of PHP. Leaves no exception behind.
void describe_throwable(Run& run, zend_object* thrown);

/// The members of `error` as one JSON object.
std::string error_json(const Fault& fault);

}  // namespace sluice::php
