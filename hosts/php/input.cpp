#include "input.h"

#include <array>

namespace sluice::php {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Input::kCount)> kParts = {
    "request.parameters", "request.headers",  "request.content", "request.payload",
    "response.headers",   "response.content", "session"};

}  // namespace

std::string_view name_of(Input input) {
    return kParts[static_cast<std::size_t>(input)];
}

Original& original_of(Run& run, Input input) {
    return run.originals[static_cast<std::size_t>(input)];
}

const boost::json::object& member(const Run& run, std::string_view key) {
    static const boost::json::object nothing;
    const auto* found = run.frame.head().if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : nothing;
}

}  // namespace sluice::php
