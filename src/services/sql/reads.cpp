#include "services/sql/reads.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "core/fields.h"
#include "core/json.h"
#include "services/sql/batch.h"
#include "services/sql/describe.h"
#include "services/sql/keyed_rows.h"
#include "services/sql/related/links.h"
#include "services/sql/related/nested_read.h"
#include "services/sql/related/related_records.h"
#include "services/sql/to_sql.h"

namespace sluice::services::sql {
namespace {

/// Identifiers of one read. Their values share one statement, and SQLite binds 32,766 at most.
constexpr std::size_t kMaxIds = 10'000;
constexpr auto kAllRows = std::numeric_limits<std::int64_t>::max();
/// Room for a page of small rows, so that most answers grow once.
constexpr std::size_t kUsualBytes = 4096;

Error no_record(std::string_view id) {
    return Error(ErrorKind::NotFound,
                 "Record with identifier '" + std::string(id) + "' not found.");
}

Task<Result<std::int64_t>> count_rows(Backend& backend, const Select& select, Deadline deadline) {
    RowList rows;
    const Statement statement = to_count_sql(*backend.dialect, select);
    CO_CHECK(co_await backend.database->read(statement, rows, deadline));
    co_return rows.rows().empty() ? 0 : integer_of(rows.rows().front().front());
}

/// `,"meta":{...}` with what there is, or nothing.
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

Task<Result<std::string>> meta_of(Backend& backend,
                                  const Call& call,
                                  const Query& query,
                                  const Select& select,
                                  std::optional<std::int64_t> count) {
    std::string schema;
    if (query.includes_schema) {
        CO_TRY(const auto relations,
               co_await backend.catalog.relations(*select.table, call.request.origin.deadline));
        schema = describe_json(*select.table, *relations, call.grant.verbs);
    }
    co_return meta_text(select, count, std::move(schema));
}

/// Adds `hidden` columns after those that the answer shows.
void add_hidden(Select& select, const std::vector<ResultSource>& hidden) {
    select.sources.insert(select.sources.end(), hidden.begin(), hidden.end());
    select.shape = shape_of(select.table, select.sources);
}

/// The key of a row as one text.
std::string id_text(const KeyedRows::Row& row, std::size_t keys) {
    std::string text;
    for (std::size_t i = 0; i < keys; ++i) {
        text.append(row.keys[i]).push_back(',');
    }
    return text;
}

/// The same text, of an identifier.
std::string id_text(const std::vector<const Column*>& keys, const std::vector<Value>& id) {
    std::string text;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        Cell cell;
        std::string spelled = text_of(id[i]);
        if (const auto* integer = std::get_if<std::int64_t>(&id[i])) {
            cell.form = Cell::Form::Integer;
            cell.integer = *integer;
        } else {
            cell.form = std::holds_alternative<Bytes>(id[i]) ? Cell::Form::Bytes : Cell::Form::Text;
            spelled = keys[i]->kind == Kind::Uuid ? lower_case(spelled) : spelled;
            cell.text = spelled;
        }
        append_cell(text, keys[i]->kind, cell);
        text.push_back(',');
    }
    return text;
}

std::string shown(const Id& id) {
    std::string text;
    for (const Input& part : id) {
        text += (text.empty() ? "" : ",") + part.text;
    }
    return text;
}

/// The same text, of an identifier as the database keeps it; empty when there is no such record.
Task<Result<std::string>> stored_id(Backend& backend,
                                    TableRef table,
                                    const std::vector<const Column*>& keys,
                                    const std::vector<Value>& id,
                                    Deadline deadline) {
    Select select;
    select.table = std::move(table);
    for (const Column* key : keys) {
        select.sources.push_back({key, {}});
    }
    select.shape = shape_of(select.table, select.sources);
    select.where = equals_id(keys, id);
    KeyedRows rows(*select.shape, keys.size(), RowSink::kNoLimit);
    const Statement statement = to_sql(*backend.dialect, select, 1);
    CO_CHECK(co_await backend.database->read(statement, rows, deadline));
    co_return rows.rows().empty() ? std::string() : id_text(rows.rows().front(), keys.size());
}

/// The key of a row in a flat list: itself, or `"(a,b)"`.
std::string flat_id(const KeyedRows::Row& row, std::size_t keys) {
    if (keys == 1) {
        return row.keys.front();
    }
    std::string text = "(";
    for (std::size_t i = 0; i < keys; ++i) {
        text.append(i == 0 ? "" : ",").append(plain_of(row.keys[i]));
    }
    return json_string(text + ")");
}

/// The records under `ids`, in the order of the database; all of them must be there.
Task<Result<Response>> read_ids(Backend& backend,
                                const Call& call,
                                TableRef table,
                                const Query& query,
                                const std::vector<Id>& ids) {
    if (ids.size() > kMaxIds) {
        co_return fail(ErrorKind::BadRequest,
                       "A request may name at most " + std::to_string(kMaxIds) + " identifiers.");
    }
    if (!query.group.empty()) {
        co_return fail(ErrorKind::BadRequest, "Parameter 'group' excludes identifiers.");
    }
    CO_TRY(auto select, plan_select(table, query, call.grant, backend.settings.max_records));
    CO_TRY(const auto keys, resolve_keys(*table, query));
    CO_TRY(const auto resolved, resolve_ids(keys, ids));
    std::vector<std::vector<Value>> present;
    for (const auto& id : resolved) {
        if (id) {
            present.push_back(*id);
        }
    }
    select.where = both(std::move(select.where), is_one_of(keys, present));
    select.offset = 0;
    CO_TRY(const auto links, co_await resolve_links(backend, *table, query, call.request.origin));
    std::vector<ResultSource> hidden;
    for (const Column* key : keys) {
        hidden.push_back({key, {}});
    }
    hidden.insert(hidden.end(), links.sources.begin(), links.sources.end());
    add_hidden(select, hidden);
    KeyedRows rows(*select.shape, hidden.size(), backend.settings.max_answer_bytes);
    if (!present.empty()) {
        const Statement statement = to_sql(*backend.dialect, select, kAllRows);
        CO_CHECK(co_await backend.database->read(statement, rows, call.request.origin.deadline));
    }
    CO_CHECK(co_await add_related(backend, call, links.asked, keys.size(), rows.rows()));
    std::unordered_map<std::string, std::string> by_id;
    Batch found;
    for (const KeyedRows::Row& row : rows.rows()) {
        const std::string json = row.closed();
        by_id.emplace(id_text(row, keys.size()), json);
        found.add(query.lists_ids ? flat_id(row, keys.size()) : json);
    }
    Batch asked;
    std::size_t unmatched = by_id.size();
    for (std::size_t i = 0; i < resolved.size(); ++i) {
        auto row = resolved[i] ? by_id.find(id_text(keys, *resolved[i])) : by_id.end();
        if (row == by_id.end() && resolved[i] && unmatched > 0) {
            // The database may know the identifier in another spelling: 2026-1-2, 1.50.
            CO_TRY(const std::string id, co_await stored_id(backend, table, keys, *resolved[i],
                                                            call.request.origin.deadline));
            row = by_id.find(id);
        }
        if (row == by_id.end()) {
            asked.add(no_record(i < ids.size() ? shown(ids[i]) : std::string()));
            continue;
        }
        asked.add(row->second);
        unmatched -= unmatched > 0 ? 1 : 0;
    }
    if (asked.has_failed()) {
        co_return fail(asked.to_error("retrieved"));
    }
    co_return Response::json(found.to_json());
}

/// The identifiers that records in the body carry.
Result<std::vector<Id>> ids_of_records(const Table& table, const Query& query, const Body& body) {
    SLUICE_TRY(const auto keys, resolve_keys(table, query));
    std::vector<Id> ids;
    for (const Record& record : body.records) {
        SLUICE_CHECK(check_names(table, record));
        Id id;
        for (const Column* key : keys) {
            const Input* input = record.find(key->name);
            if (input == nullptr) {
                return fail(ErrorKind::BadRequest, "Identifying field(s) not found in record.");
            }
            id.push_back(*input);
        }
        ids.push_back(std::move(id));
    }
    return ids;
}

/// A page whose rows are wanted apart, and how many there are when that is to be told.
struct Page {
    std::vector<KeyedRows::Row> rows;
    std::optional<std::int64_t> count;
};

/// The last `hidden` columns of `select` are the keys of the rows.
Task<Result<Page>> read_page(Backend& backend,
                             const Call& call,
                             const Query& query,
                             const Select& select,
                             std::size_t hidden) {
    Page page;
    const Deadline deadline = call.request.origin.deadline;
    const Statement statement =
        to_sql(*backend.dialect, select, select.limit + (select.is_capped ? 1 : 0));
    KeyedRows rows(*select.shape, hidden, backend.settings.max_answer_bytes);
    CO_CHECK(co_await backend.database->read(statement, rows, deadline));
    page.rows = std::move(rows.rows());
    const bool is_cut =
        select.is_capped && static_cast<std::int64_t>(page.rows.size()) > select.limit;
    if (is_cut) {
        page.rows.pop_back();
    }
    if (is_cut || query.includes_count) {
        CO_TRY(page.count, co_await count_rows(backend, select, deadline));
    }
    co_return page;
}

Task<Result<Response>> list_linked(
    Backend& backend, const Call& call, const Query& query, Select select, const Links& links) {
    add_hidden(select, links.sources);
    CO_TRY(auto page, co_await read_page(backend, call, query, select, links.sources.size()));
    CO_CHECK(co_await add_related(backend, call, links.asked, 0, page.rows));
    CO_TRY(const std::string meta, co_await meta_of(backend, call, query, select, page.count));
    co_return Response::json(list_of(page.rows).append(meta).append("}"));
}

Task<Result<Response>> list_ids(Backend& backend,
                                const Call& call,
                                const Query& query,
                                Select select) {
    CO_TRY(const auto keys, resolve_keys(*select.table, query));
    if (keys.empty() || !select.group.empty()) {
        co_return fail(ErrorKind::BadRequest,
                       "Parameter 'as_list' needs a primary key or 'id_field', and no groups.");
    }
    select.sources.clear();
    for (const Column* key : keys) {
        select.sources.push_back({key, {}});
    }
    select.shape = shape_of(select.table, select.sources);
    CO_TRY(const auto page, co_await read_page(backend, call, query, select, keys.size()));
    CO_TRY(const std::string meta, co_await meta_of(backend, call, query, select, page.count));
    std::string content = "{\"resource\":[";
    for (const KeyedRows::Row& row : page.rows) {
        content.append(&row == &page.rows.front() ? "" : ",").append(flat_id(row, keys.size()));
    }
    co_return Response::json(content.append("]").append(meta).append("}"));
}

}  // namespace

Task<Result<Response>> list_records(
    Backend& backend, const Call& call, TableRef table, const Query& query, const Body& body) {
    const Deadline deadline = call.request.origin.deadline;
    if (query.ids_given) {
        co_return co_await read_ids(backend, call, table, query, query.ids);
    }
    if (body.form == Body::Form::List && !body.records.empty()) {
        CO_TRY(const auto ids, ids_of_records(*table, query, body));
        co_return co_await read_ids(backend, call, table, query, ids);
    }
    CO_TRY(auto select, plan_select(table, query, call.grant, backend.settings.max_records));
    if (query.only_count) {
        CO_TRY(const auto count, co_await count_rows(backend, select, deadline));
        co_return Response::json(std::to_string(count));
    }
    order_by_key(select);
    if (query.lists_ids) {
        co_return co_await list_ids(backend, call, query, std::move(select));
    }
    if (query.may_relate()) {  // each await costs the plain read a frame
        CO_TRY(const auto links,
               co_await resolve_links(backend, *table, query, call.request.origin));
        if (!links.asked.empty()) {
            co_return co_await list_linked(backend, call, query, std::move(select), links);
        }
    }
    // One row more than the cap tells whether a count is worth its query.
    const Statement statement =
        to_sql(*backend.dialect, select, select.limit + (select.is_capped ? 1 : 0));
    JsonRows rows(*select.shape, backend.settings.max_answer_bytes);
    rows.reserve(kUsualBytes);
    rows.begin_text("{\"resource\":[");
    CO_CHECK(co_await backend.database->read(statement, rows, deadline));
    const bool is_cut = select.is_capped && static_cast<std::int64_t>(rows.count()) > select.limit;
    if (is_cut) {
        rows.drop_last_row();
    }
    std::optional<std::int64_t> count;
    if (is_cut || query.includes_count) {
        CO_TRY(count, co_await count_rows(backend, select, deadline));
    }
    std::string content = rows.take();
    content.push_back(']');
    if (count || query.includes_schema) {
        CO_TRY(const std::string meta, co_await meta_of(backend, call, query, select, count));
        content.append(meta);
    }
    content.push_back('}');
    co_return Response::json(std::move(content));
}

Task<Result<Response>> get_record(
    Backend& backend, const Call& call, TableRef table, const Query& query, std::string id) {
    CO_TRY(const auto keys, resolve_keys(*table, query));
    const std::vector<Id> ids =
        keys.size() > 1 ? parse_ids(id) : std::vector<Id>{{Input{Input::Form::Text, id}}};
    CO_TRY(const auto resolved, resolve_ids(keys, ids));
    if (resolved.size() != 1 || !resolved.front()) {
        co_return fail(no_record(id));
    }
    Query plain;
    plain.fields = query.fields;
    CO_TRY(auto select, plan_select(table, plain, call.grant, backend.settings.max_records));
    select.where = both(std::move(select.where), equals_id(keys, *resolved.front()));
    const Deadline deadline = call.request.origin.deadline;
    CO_TRY(const auto links, co_await resolve_links(backend, *table, query, call.request.origin));
    add_hidden(select, links.sources);
    const Statement statement = to_sql(*backend.dialect, select, 1);
    KeyedRows rows(*select.shape, links.sources.size(), backend.settings.max_answer_bytes);
    CO_CHECK(co_await backend.database->read(statement, rows, deadline));
    if (rows.rows().empty()) {
        co_return fail(no_record(id));
    }
    CO_CHECK(co_await add_related(backend, call, links.asked, 0, rows.rows()));
    co_return Response::json(rows.rows().front().closed());
}

}  // namespace sluice::services::sql
