#include "services/sql/related/related_answer.h"

#include <algorithm>

#include "core/fields.h"
#include "core/json_reader.h"
#include "services/sql/related/nested_read.h"
#include "services/sql/related/related_records.h"

namespace sluice::services::sql {
namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(
        names, [name](const std::string& other) { return equals_ignoring_case(other, name); });
}

KeyedRows::Row row_of(std::string_view record,
                      const Links& links,
                      const std::vector<std::string>& extra) {
    KeyedRows::Row row;
    row.keys.reserve(links.sources.size());
    for (const ResultSource& source : links.sources) {
        std::string key = member_text(record, source.column->shown());
        row.keys.push_back(key.empty() ? "null" : std::move(key));
    }
    std::string name;
    JsonReader reader(record);
    reader.open();
    while (reader.next_key(name)) {
        const std::string_view value = reader.raw();
        if (!has(extra, name)) {
            row.add(name, value);
        }
    }
    return row;
}

/// The records of an answer, and whether it is a list of them. Empty: it is neither list nor
/// record.
std::vector<std::string_view> records_of(std::string_view content, bool& is_list) {
    std::vector<std::string_view> records;
    std::string name;
    JsonReader reader(content);
    reader.open();
    while (reader.next_key(name)) {
        if (name != "resource" || reader.peek() != JsonReader::Type::Array) {
            reader.raw();
            continue;
        }
        is_list = true;
        reader.open();
        while (reader.next_item()) {
            records.push_back(reader.raw());
        }
    }
    if (!is_list) {
        records.push_back(content);
    }
    return records;
}

}  // namespace

Result<LinkedQuery> with_link_fields(const Table& table, const Query& query, const Links& links) {
    LinkedQuery linked{query, {}};
    if (query.fields.empty()) {
        SLUICE_TRY(const auto keys, resolve_keys(table, query));
        for (const Column* key : keys) {
            linked.query.fields.push_back(key->name);
        }
    }
    for (const ResultSource& source : links.sources) {
        const bool is_asked_for =
            std::ranges::any_of(linked.query.fields, [&](const std::string& field) {
                return field == "*" || table.find(field) == source.column;
            });
        if (!is_asked_for) {
            linked.query.fields.push_back(source.column->name);
            linked.extra.push_back(source.column->shown());
        }
    }
    return linked;
}

Task<Result<Response>> add_related_to(Backend& backend,
                                      const Call& caller,
                                      const Links& links,
                                      std::vector<std::string> extra,
                                      Response response) {
    bool is_list = false;
    const auto records = records_of(response.content, is_list);
    std::vector<KeyedRows::Row> rows;
    rows.reserve(records.size());
    for (const std::string_view record : records) {
        rows.push_back(row_of(record, links, extra));
    }
    CO_CHECK(co_await add_related(backend, caller, links.asked, 0, rows));
    response.content = is_list ? list_of(rows) + "}" : rows.front().closed();
    co_return response;
}

}  // namespace sluice::services::sql
