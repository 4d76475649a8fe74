#pragma once
/// What a script changed in $event, and what it returned.

#include "run.h"

namespace sluice::php {

/// Fills `run.head` and `run.parts` with what differs from the frame, and with `returned`.
/// A value that has no JSON becomes `run.fault`. May run code of the script (jsonSerialize).
void collect_edits(Run& run, const zval* returned);

}  // namespace sluice::php
