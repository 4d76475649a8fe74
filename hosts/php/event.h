#pragma once
/// $event and $platform from a run frame.

#include "run.h"

namespace sluice::php {

/// Puts $event and $platform into the script's scope. Parts that it cannot read stay encoded.
void build_event(Run& run);

/// The request's headers as an array of the script's.
void request_headers(Run& run, zval* out);
/// The request's parameters: what $_GET holds.
void request_parameters(Run& run, zval* out);

/// Gives back what the run holds of the decoded parts.
void release_event(Run& run);

}  // namespace sluice::php
