#pragma once
/// JSON answers become the format that the caller asked for: after the scripts, which see JSON.

#include "core/response.h"
#include "core/task.h"
#include "pipeline/wanted_answer.h"

namespace sluice::pipeline {

/// Leaves alone what is no JSON: a script chose its type. Errors keep their
/// status, and stay JSON where they cannot be converted; an answer that cannot is 406.
/// Others of the shard get their turn in between.
Task<Response> convert_answer(Response response, WantedAnswer wanted);

}  // namespace sluice::pipeline
