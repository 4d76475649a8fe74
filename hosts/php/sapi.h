#pragma once
/// PHP inside this process: started once, then one true PHP request for each run, so that nothing
/// can pass from one run to the next.

#include <string>

#include "run.h"

namespace sluice::php {

/// False when PHP cannot start; it has said why on stderr.
bool start_php();
void stop_php();

/// One request from start-up to shut-down. Fills `run.head`, `run.parts` and `run.fault`.
void run_request(Run& run);

/// Compiles `text`, in a request of its own that takes what the text declares with it. Fills
/// `run.fault` when PHP would not take it.
void check_text(Run& run, const std::string& text);

std::string_view php_version();

}  // namespace sluice::php
