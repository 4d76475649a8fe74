#include "services/sql/read_ids.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "core/fields.h"
#include "core/json.h"
#include "services/sql/batch.h"
#include "services/sql/cached_read.h"
#include "services/sql/related/linked_fields.h"
#include "services/sql/related/links.h"
#include "services/sql/related/nested_read.h"
#include "services/sql/related/related_records.h"
#include "services/sql/rows_writer.h"
#include "services/sql/shared_work.h"
#include "services/sql/to_sql.h"

namespace sluice::services::sql {
namespace {

/// Identifiers of one call that are asked for one by one.
constexpr std::size_t kMaxLooks = 200;

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
                                    const Call& call,
                                    TableRef table,
                                    const std::vector<const Column*>& keys,
                                    const std::vector<Value>& id) {
    Select select;
    select.table = std::move(table);
    for (const Column* key : keys) {
        select.sources.push_back({key, {}, true});
    }
    select.shape = shape_of(select.table, select.sources);
    select.where = equals_id(keys, id);
    KeyedRows rows(*select.shape, keys.size(), RowSink::kNoLimit);
    const Statement statement = to_sql(*backend.dialect, select, 1);
    CO_CHECK(
        co_await session_of(backend, call).read(statement, rows, call.request.origin.deadline));
    co_return rows.rows().empty() ? std::string() : id_text(rows.rows().front(), keys.size());
}

/// Where in `rows` each identifier's record is, if it is there at all.
using Places = std::vector<std::optional<std::size_t>>;

/// Whether a value of the column can be written in more than one way.
bool has_spellings(const Column* column) {
    return column->kind != Kind::Integer && column->kind != Kind::Boolean &&
           column->kind != Kind::Uuid;
}

Task<Result<Places>> places_of(Backend& backend,
                               const Call& call,
                               TableRef table,
                               const std::vector<const Column*>& keys,
                               const std::vector<std::optional<std::vector<Value>>>& ids,
                               const std::vector<KeyedRows::Row>& rows) {
    std::unordered_map<std::string, std::size_t> by_id;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        by_id.try_emplace(id_text(rows[row], keys.size()), row);
    }
    Places places(ids.size());
    const auto match = [&](std::size_t i, const std::string& id) {
        const auto row = by_id.find(id);
        if (row != by_id.end()) {
            places[i] = row->second;
        }
    };
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i]) {
            match(i, id_text(keys, *ids[i]));
        }
    }
    // The database may know an identifier in another spelling: 2026-1-2, 1.50.
    const bool may_differ = !rows.empty() && std::ranges::any_of(keys, has_spellings);
    std::size_t looks = 0;
    for (std::size_t i = 0; i < ids.size() && may_differ; ++i) {
        if (!ids[i] || places[i]) {
            continue;
        }
        if (++looks > kMaxLooks) {
            co_return fail(ErrorKind::BadRequest,
                           "More than " + std::to_string(kMaxLooks) +
                               " identifiers are missing, or not spelled as the database shows "
                               "them.");
        }
        CO_TRY(const std::string id, co_await stored_id(backend, call, table, keys, *ids[i]));
        match(i, id);
    }
    co_return places;
}

/// The batch error that shows, for each identifier, its record or that there is none.
Error missing(const std::vector<Id>& ids,
              const Places& places,
              const std::vector<KeyedRows::Row>& rows,
              std::size_t most_bytes) {
    Batch asked;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!places[i]) {
            asked.add(no_record(i < ids.size() ? shown(ids[i]) : std::string()));
            continue;
        }
        bytes += rows[*places[i]].json.size();
        if (bytes > most_bytes) {
            return too_large(most_bytes);
        }
        asked.add(rows[*places[i]].closed());
    }
    return asked.to_error("retrieved");
}

}  // namespace

Error no_record(std::string_view id) {
    return Error(ErrorKind::NotFound,
                 "Record with identifier '" + std::string(id) + "' not found.");
}

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

Task<Result<Response>> read_ids(Backend& backend,
                                const Call& call,
                                TableRef table,
                                const Query& query,
                                const std::vector<Id>& ids) {
    if (!query.group.empty()) {
        co_return fail(ErrorKind::BadRequest, "Parameter 'group' excludes identifiers.");
    }
    CO_TRY(auto select, co_await plan_linked(backend, call, table, query));
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
    CO_TRY(const auto links, co_await resolve_links(backend, call, *table, query));
    std::vector<ResultSource> hidden;
    for (const Column* key : keys) {
        hidden.push_back({key, {}, true});
    }
    hidden.insert(hidden.end(), links.sources.begin(), links.sources.end());
    add_hidden(select, hidden);
    KeyedRows rows(*select.shape, hidden.size(), backend.settings.max_answer_bytes);
    CachedRead cached(backend, call);
    const bool is_kept = cached.is_on() && links.asked.empty() && present.size() == resolved.size();
    if (!present.empty()) {
        const Statement statement =
            to_sql(*backend.dialect, select, std::numeric_limits<std::int64_t>::max());
        if (is_kept) {
            if (const std::string* found =
                    cached.find(query.lists_ids ? 'I' : 'i', statement, table)) {
                co_return Response::json(*found);
            }
        }
        CO_CHECK(
            co_await session_of(backend, call).read(statement, rows, call.request.origin.deadline));
    }
    CO_CHECK(co_await add_related(backend, call, links.asked, keys.size(), rows.rows()));
    CO_TRY(const auto places,
           co_await places_of(backend, call, table, keys, resolved, rows.rows()));
    if (!std::ranges::all_of(places, &std::optional<std::size_t>::has_value)) {
        co_return fail(missing(ids, places, rows.rows(), backend.settings.max_answer_bytes));
    }
    std::string content;
    if (query.lists_ids) {
        Batch found;
        for (const KeyedRows::Row& row : rows.rows()) {
            found.add(flat_id(row, keys.size()));
        }
        content = found.take_json();
    } else {
        content = list_of(rows.rows()) + "}";
    }
    if (is_kept) {
        cached.keep(content);
    }
    co_return Response::json(std::move(content));
}

Result<std::vector<Id>> ids_of_records(const Table& table, const Query& query, const Body& body) {
    SLUICE_TRY(const auto keys, resolve_keys(table, query));
    std::vector<Id> ids;
    for (const Record& record : body.records) {
        SLUICE_CHECK(check_names(table, record));
        Id id;
        for (const Column* key : keys) {
            const Input* input = given_for(record, *key);
            if (input == nullptr) {
                return fail(ErrorKind::BadRequest, "Identifying field(s) not found in record.");
            }
            id.push_back(*input);
        }
        ids.push_back(std::move(id));
    }
    return ids;
}

}  // namespace sluice::services::sql
