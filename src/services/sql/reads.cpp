#include "services/sql/reads.h"

#include <algorithm>
#include <limits>

#include "core/fields.h"
#include "core/json.h"
#include "services/sql/cached_read.h"
#include "services/sql/keyed_rows.h"
#include "services/sql/list_meta.h"
#include "services/sql/read_ids.h"
#include "services/sql/record_reader.h"
#include "services/sql/related/linked_fields.h"
#include "services/sql/related/links.h"
#include "services/sql/related/nested_read.h"
#include "services/sql/related/related_records.h"
#include "services/sql/shared_work.h"
#include "services/sql/streamed_list.h"
#include "services/sql/to_sql.h"

namespace sluice::services::sql {
namespace {

/// Room for a page of small rows, so that most answers grow once.
constexpr std::size_t kUsualBytes = 4096;

/// What the rest of a list depends on besides its statement.
char sort_of(const Query& query, const Select& select) {
    if (query.includes_count) {
        return select.is_capped ? 'D' : 'L';
    }
    return select.is_capped ? 'd' : 'l';
}

Task<Result<std::string>> meta_of(Backend& backend,
                                  const Call& call,
                                  const Query& query,
                                  const Select& select,
                                  std::optional<std::int64_t> count) {
    CO_TRY(std::string schema, co_await schema_asked_for(backend, call, query, *select.table));
    co_return meta_text(select, count, std::move(schema));
}

/// One row more than the cap tells whether a count is worth its query.
Statement statement_of(const Backend& backend, const Select& select) {
    return to_sql(*backend.dialect, select, select.limit + (select.is_capped ? 1 : 0));
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
    const Statement statement = statement_of(backend, select);
    KeyedRows rows(*select.shape, hidden, backend.settings.max_answer_bytes);
    CO_CHECK(co_await session_of(backend, call).read(statement, rows, deadline));
    page.rows = std::move(rows.rows());
    const bool is_cut =
        select.is_capped && static_cast<std::int64_t>(page.rows.size()) > select.limit;
    if (is_cut) {
        page.rows.pop_back();
    }
    if (is_cut || query.includes_count) {
        CO_TRY(page.count,
               co_await count_rows(backend, session_of(backend, call), select, deadline));
    }
    co_return page;
}

/// Whether the client takes a list of so many rows as a stream.
bool may_stream(const Call& call, const Select& select) {
    return call.request.may_stream && !call.request.origin.unit && is_long(select);
}

/// Whether every record has the same members, whatever belongs to it: CSV has its header by then.
bool are_alike(const Links& links) {
    return std::ranges::none_of(
        links.asked, [](const RelatedQuery& asked) { return asked.relation->is_flattened; });
}

Task<Result<Response>> list_linked(
    Backend& backend, const Call& call, const Query& query, Select select, Links links) {
    add_hidden(select, links.sources);
    if (may_stream(call, select) && are_alike(links)) {
        CO_TRY(auto cursor, co_await backend.database->open_cursor(statement_of(backend, select),
                                                                   call.request.origin.deadline));
        if (cursor) {
            co_return co_await stream_list(backend, call, query, std::move(select),
                                           std::move(cursor), std::move(links));
        }
    }
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
        CO_TRY(const Body all, whole(body));
        CO_TRY(const auto ids, ids_of_records(*table, query, all));
        co_return co_await read_ids(backend, call, table, query, ids);
    }
    Result<Select> planned =
        may_link(query)  // each await costs the plain read a frame
            ? co_await plan_linked(backend, call, table, query)
            : plan_select(table, query, call.grant, backend.settings.max_records);
    CO_TRY(auto select, std::move(planned));
    CachedRead cached(backend, call);
    if (query.only_count) {
        if (cached.is_on()) {
            const Statement statement = to_count_sql(*backend.dialect, select);
            if (const std::string* found = cached.find('n', statement, select.table)) {
                co_return Response::json(*found);
            }
        }
        CO_TRY(const auto count,
               co_await count_rows(backend, session_of(backend, call), select, deadline));
        const std::string content = std::to_string(count);
        cached.keep(content);
        co_return Response::json(content);
    }
    order_by_key(select);
    if (query.lists_ids) {
        co_return co_await list_ids(backend, call, query, std::move(select));
    }
    if (query.may_relate() || table->fetches_relations) {
        CO_TRY(auto links, co_await resolve_links(backend, call, *table, query));
        if (!links.asked.empty()) {
            co_return co_await list_linked(backend, call, query, std::move(select),
                                           std::move(links));
        }
    }
    const Statement statement = statement_of(backend, select);
    if (may_stream(call, select)) {
        CO_TRY(auto cursor, co_await backend.database->open_cursor(statement, deadline));
        if (cursor) {
            co_return co_await stream_list(backend, call, query, std::move(select),
                                           std::move(cursor));
        }
    }
    const bool is_kept = cached.is_on() && !query.includes_schema && !is_long(select);
    if (is_kept) {
        if (const std::string* found =
                cached.find(sort_of(query, select), statement, select.table)) {
            co_return Response::json(*found);
        }
    }
    JsonRows rows(*select.shape, backend.settings.max_answer_bytes);
    rows.reserve(kUsualBytes);
    rows.begin_text("{\"resource\":[");
    CO_CHECK(co_await session_of(backend, call).read(statement, rows, deadline));
    const bool is_cut = select.is_capped && static_cast<std::int64_t>(rows.count()) > select.limit;
    if (is_cut) {
        rows.drop_last_row();
    }
    std::optional<std::int64_t> count;
    if (is_cut || query.includes_count) {
        CO_TRY(count, co_await count_rows(backend, session_of(backend, call), select, deadline));
    }
    std::string content = rows.take();
    content.push_back(']');
    if (count || query.includes_schema) {
        CO_TRY(const std::string meta, co_await meta_of(backend, call, query, select, count));
        content.append(meta);
    }
    content.push_back('}');
    if (is_kept) {
        cached.keep(content);
    }
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
    CO_TRY(const auto links, co_await resolve_links(backend, call, *table, query));
    add_hidden(select, links.sources);
    const Statement statement = to_sql(*backend.dialect, select, 1);
    CachedRead cached(backend, call);
    const bool is_kept = cached.is_on() && links.asked.empty();
    if (is_kept) {
        if (const std::string* found = cached.find('r', statement, table)) {
            co_return Response::json(*found);
        }
    }
    KeyedRows rows(*select.shape, links.sources.size(), backend.settings.max_answer_bytes);
    CO_CHECK(co_await session_of(backend, call).read(statement, rows, deadline));
    if (rows.rows().empty()) {
        co_return fail(no_record(id));
    }
    CO_CHECK(co_await add_related(backend, call, links.asked, 0, rows.rows()));
    std::string content = rows.rows().front().closed();
    if (is_kept) {
        cached.keep(content);
    }
    co_return Response::json(std::move(content));
}

}  // namespace sluice::services::sql
