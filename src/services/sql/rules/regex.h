#pragma once
/// The library of patterns, with a bound on the work of one match: beyond it, it throws. Nobody
/// else may include the library itself.

#define BOOST_REGEX_MAX_STATE_COUNT 2000000
#include <boost/regex.hpp>
