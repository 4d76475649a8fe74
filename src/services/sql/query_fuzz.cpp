/// Any texts are options of a table request or a BadRequest; and what a role's row filter says is a
/// filter or an error, whatever stands in it. Each line is one option.

#include <array>
#include <cstdlib>

#include "services/sql/filter_parser.h"
#include "services/sql/new_table.h"
#include "services/sql/query.h"

namespace {

using namespace sluice;
using namespace sluice::services::sql;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

template <typename T>
void require_bad_request_or(const Result<T>& result) {
    require(result.has_value() || result.error().kind() == ErrorKind::BadRequest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr std::array<const char*, 10> kNames{
        "fields", "order", "ids", "group", "limit", "offset", "filter", "params", "id_field", "x"};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Parameters parameters;
    std::array<std::string_view, 3> words;
    std::string_view rest = text;
    for (std::size_t i = 0; i < kNames.size() && !rest.empty(); ++i) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        parameters.set(kNames[i], std::string(line));
        if (i < words.size()) {
            words[i] = line;
        }
    }
    for (const Verb verb : {Verb::Get, Verb::Post, Verb::Delete}) {
        require_bad_request_or(parse_query(verb, parameters, Body{}));
    }
    const auto order = parse_order(text);
    require_bad_request_or(order);
    require(!order || order->size() <= text.size() + 1);
    require(parse_ids(text).size() <= text.size() + 1);
    static_cast<void>(parse_role_filter(words[0], words[1], words[2]));
    require_bad_request_or(read_new_tables(text));
    return 0;
}
