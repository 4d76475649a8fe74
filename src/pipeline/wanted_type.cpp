#include "pipeline/wanted_type.h"

#include <algorithm>
#include <array>

#include "core/words.h"

namespace sluice::pipeline {
namespace {

// What the incumbent converts to, and this server does not yet.
constexpr std::array<std::string_view, 5> kNotYet{"text/csv", "application/csv", "text/xml",
                                                  "application/xml", "application/x-csv"};

bool is_not_yet(std::string_view range) {
    const std::string_view type = trimmed(range.substr(0, range.find(';')));
    return std::ranges::any_of(
        kNotYet, [type](std::string_view known) { return equals_ignoring_case(known, type); });
}

bool wants_only_others(std::string_view accept) {
    const std::vector<std::string> ranges = words_of(accept);
    return !ranges.empty() && std::ranges::all_of(ranges, is_not_yet);
}

bool wants_other_file(std::string_view file) {
    const std::string name = lower_case(file);
    return name.ends_with(".csv") || name.ends_with(".xml");
}

}  // namespace

Status check_wanted_type(const Request& request) {
    const std::string_view parameter = request.parameters.get_or("accept", "");
    const std::string_view accept =
        parameter.empty() ? request.headers.get_or("accept", "") : parameter;
    if (wants_only_others(accept) || wants_other_file(request.parameters.get_or("file", ""))) {
        return fail(Error(ErrorKind::BadRequest,
                          "Content in response can not be resolved to acceptable content type. "
                          "This version answers with application/json.")
                        .with_status(406)
                        .with_code(406));
    }
    return {};
}

}  // namespace sluice::pipeline
