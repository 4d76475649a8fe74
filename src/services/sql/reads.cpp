#include "services/sql/reads.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "core/fields.h"
#include "services/sql/batch.h"
#include "services/sql/schema_resource.h"
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
std::string meta_of(const Select& select, std::optional<std::int64_t> count, std::string schema) {
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

/// Rows kept apart, each under the text of its identifier.
class KeyedRows : public RowSink {
public:
    KeyedRows(const RowShape& shape, std::size_t keys, std::size_t most_bytes)
        : RowSink(most_bytes), shape_(shape), keys_(keys) {}

    void start_row() override {
        rows_.emplace_back();
        next_ = 0;
    }
    void cell(const Cell& cell) override {
        if (overflows(bytes_, cell.text.size())) {
            rows_.resize(1);  // nobody gets them
            return;
        }
        Entry& row = rows_.back();
        const std::size_t fields = shape_.columns.size() - keys_;
        if (next_ >= fields) {  // the keys come last
            std::string text;
            append_cell(text, shape_.columns[next_++].kind, cell);
            row.id += text + ",";
            return;
        }
        append_key(row.json, shape_.columns[next_].json_key, next_ == 0);
        append_cell(row.json, shape_.columns[next_++].kind, cell);
    }
    void end_row() override {
        Entry& row = rows_.back();
        row.json.append(row.json.empty() ? "{}" : "}");
        bytes_ += sizeof(Entry) + row.json.size() + row.id.size();
    }
    void reset() override {
        rows_.clear();
        bytes_ = 0;
        start_again();
    }

    struct Entry {
        std::string id;
        std::string json;
    };
    const std::vector<Entry>& rows() const { return rows_; }

private:
    const RowShape& shape_;
    std::size_t keys_;
    std::size_t next_ = 0;
    /// Of the rows that are complete.
    std::size_t bytes_ = 0;
    std::vector<Entry> rows_;
};

/// The same text that KeyedRows makes of the key's cells.
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
    for (const Column* key : keys) {
        select.sources.push_back({key, {}});
    }
    select.shape = shape_of(table, select.sources);
    KeyedRows rows(*select.shape, keys.size(), backend.settings.max_answer_bytes);
    if (!present.empty()) {
        const Statement statement = to_sql(*backend.dialect, select, kAllRows);
        CO_CHECK(co_await backend.database->read(statement, rows, call.request.origin.deadline));
    }
    std::unordered_map<std::string_view, const std::string*> by_id;
    Batch found;
    for (const KeyedRows::Entry& row : rows.rows()) {
        by_id.emplace(row.id, &row.json);
        found.add(row.json);
    }
    Batch asked;
    for (std::size_t i = 0; i < resolved.size(); ++i) {
        const auto row = resolved[i] ? by_id.find(id_text(keys, *resolved[i])) : by_id.end();
        if (row == by_id.end()) {
            asked.add(no_record(i < ids.size() ? shown(ids[i]) : std::string()));
        } else {
            asked.add(*row->second);
        }
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
    content.append(
        meta_of(select, count,
                query.includes_schema ? describe_json(*table, call.grant.verbs) : std::string()));
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
    const Statement statement = to_sql(*backend.dialect, select, 1);
    JsonRows rows(*select.shape, backend.settings.max_answer_bytes);
    CO_CHECK(co_await backend.database->read(statement, rows, call.request.origin.deadline));
    if (rows.count() == 0) {
        co_return fail(no_record(id));
    }
    co_return Response::json(rows.take());
}

}  // namespace sluice::services::sql
