/// Any bytes are a filter or a BadRequest, never anything else; what is a filter can be planned
/// and written, with as many placeholders as values.

#include <algorithm>
#include <cstdlib>

#include "services/sql/dialects/sqlite.h"
#include "services/sql/to_sql.h"

namespace {

using namespace sluice;
using namespace sluice::services::sql;

TableRef make_table() {
    auto table = std::make_shared<Table>();
    table->quoted = "\"t\"";
    for (const auto& [name, kind] : {std::pair{"a", Kind::Integer},
                                     {"b", Kind::Text},
                                     {"c", Kind::Real},
                                     {"d", Kind::Boolean},
                                     {"e", Kind::Binary},
                                     {"f", Kind::Any}}) {
        Column column;
        column.name = name;
        column.quoted = "\"" + column.name + "\"";
        column.kind = kind;
        table->columns.push_back(std::move(column));
    }
    return table;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const TableRef kTable = make_table();
    static const SqliteDialect kDialect;
    Query query;
    query.filter.assign(reinterpret_cast<const char*>(data), size);
    const auto select = plan_select(kTable, query, Grant{}, 10);
    if (!select) {
        if (select.error().kind() != ErrorKind::BadRequest) {
            std::abort();
        }
        return 0;
    }
    const Statement statement = to_sql(kDialect, *select, 10);
    const auto placeholders = std::ranges::count(statement.text, '?');
    if (static_cast<std::size_t>(placeholders) != statement.values.size()) {
        std::abort();
    }
    return 0;
}
