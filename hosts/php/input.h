#pragma once
/// The parts and members of a run frame, by name: what event.cpp shows and edits.cpp compares.

#include <string_view>

#include "run.h"

namespace sluice::php {

/// "request.parameters" ...
std::string_view name_of(Input input);

Original& original_of(Run& run, Input input);

/// A member of the frame's head that is an object; an empty one when it is not there.
const boost::json::object& member(const Run& run, std::string_view key);

}  // namespace sluice::php
