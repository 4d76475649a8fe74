#pragma once
/// $event and $platform: in from a run frame, and out again as what the script changed.

#include "run.h"

namespace sluice::php {

/// Puts $event and $platform into the script's scope. Parts that it cannot read stay encoded.
void build_event(Run& run);

/// Fills `run.head` and `run.parts` with what differs from the frame, and with `returned`.
/// A value that has no JSON becomes `run.fault`. May run code of the script (jsonSerialize).
void collect_edits(Run& run, const zval* returned);

/// The request's headers as an array of the script's.
void request_headers(Run& run, zval* out);
/// The request's parameters: what $_GET holds.
void request_parameters(Run& run, zval* out);

/// Gives back what the run holds of the decoded parts.
void release_event(Run& run);

}  // namespace sluice::php
