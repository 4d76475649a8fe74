#pragma once
/// The JavaScript of this host and what it shares with hosts/node, put into the addon when it is
/// built.

#include <string_view>
#include <vector>

namespace sluice::sandbox {

struct Embedded {
    std::string_view name;
    std::string_view source;
};

/// In the order in which they are to be evaluated: a module comes after those that it requires.
const std::vector<Embedded>& embedded_modules();

}  // namespace sluice::sandbox
