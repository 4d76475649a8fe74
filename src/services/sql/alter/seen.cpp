#include "services/sql/alter/seen.h"

#include <algorithm>

namespace sluice::services::sql {
namespace {

bool may_see(const Call& call, const std::string& table) {
    return grant_on(call, "_table/" + table, Verb::Get).verbs.bits() != 0 ||
           grant_on(call, "_schema/" + table, Verb::Get).verbs.bits() != 0;
}

}  // namespace

TableRef seen_by(const Call& call, TableRef table) {
    const auto is_hidden = [&](const Column& column) {
        return column.foreign_key && column.foreign_key->table != table->name &&
               !may_see(call, column.foreign_key->table);
    };
    if (std::ranges::none_of(table->columns, is_hidden)) {
        return table;
    }
    auto seen = std::make_shared<Table>(*table);
    for (Column& column : seen->columns) {
        if (is_hidden(column)) {
            column.foreign_key.reset();
        }
    }
    return seen;
}

Task<Result<TableRef>> find_seen(Backend& backend, const Call& call, std::string name) {
    CO_TRY(auto table, co_await backend.catalog.find(backend.catalog.real_name(name),
                                                     call.request.origin.deadline));
    if (!may_see(call, table->name)) {
        co_return fail(ErrorKind::NotFound,
                       "Table \"" + name + "\" does not exist in the database.");
    }
    co_return table;
}

}  // namespace sluice::services::sql
