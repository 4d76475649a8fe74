#include "services/sql/list_meta.h"

#include <algorithm>

#include "services/sql/describe.h"
#include "services/sql/related/links.h"
#include "services/sql/to_sql.h"

namespace sluice::services::sql {

Task<Result<std::int64_t>> count_rows(Backend& backend, const Select& select, Deadline deadline) {
    RowList rows;
    const Statement statement = to_count_sql(*backend.dialect, select);
    CO_CHECK(co_await backend.database->read(statement, rows, deadline));
    co_return rows.rows().empty() ? 0 : integer_of(rows.rows().front().front());
}

std::string meta_text(const Select& select, std::optional<std::int64_t> count, std::string schema) {
    std::string meta;
    const auto add = [&meta](std::string_view name, const std::string& json) {
        meta.append(meta.empty() ? ",\"meta\":{\"" : ",\"").append(name).append("\":");
        meta.append(json);
    };
    if (count) {
        add("count", std::to_string(*count));
        if (select.offset < *count - select.limit) {
            add("next", std::to_string(select.offset + select.limit));
        }
        if (select.offset > 0) {
            add("previous",
                std::to_string(std::max<std::int64_t>(0, select.offset - select.limit)));
        }
    }
    if (!schema.empty()) {
        add("schema", schema);
    }
    return meta.empty() ? meta : meta + "}";
}

Task<Result<std::string>> schema_asked_for(Backend& backend,
                                           const Call& call,
                                           const Query& query,
                                           const Table& table) {
    if (!query.includes_schema) {
        co_return std::string();
    }
    CO_TRY(const auto relations,
           co_await backend.catalog.relations(table, call.request.origin.deadline));
    co_return describe_json(table, seen_relations(call, *relations), call.grant.verbs);
}

}  // namespace sluice::services::sql
