#include "services/sql/related/related_records.h"

#include <algorithm>
#include <unordered_map>

#include "services/sql/related/nested_read.h"

namespace sluice::services::sql {
namespace {

/// Rows by the text of their key.
using Places = std::unordered_map<std::string, std::vector<std::size_t>>;

std::vector<std::string> keys_of(const std::vector<KeyedRows::Row>& rows, std::size_t key) {
    std::vector<std::string> keys;
    for (const KeyedRows::Row& row : rows) {
        if (row.keys[key] != "null") {
            keys.push_back(row.keys[key]);
        }
    }
    std::ranges::sort(keys);
    const auto repeated = std::ranges::unique(keys);
    keys.erase(repeated.begin(), repeated.end());
    return keys;
}

Places places_of(const std::vector<KeyedRows::Row>& rows, std::size_t key) {
    Places places;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        places[plain_of(rows[i].keys[key])].push_back(i);
    }
    return places;
}

/// The keys of the far table that each row reaches through the third one.
struct Junction {
    Places places;
    std::vector<std::string> keys;
};

Task<Result<Junction>> read_junction(Backend& backend,
                                     const Call& caller,
                                     const Relation& relation,
                                     const std::vector<KeyedRows::Row>& rows,
                                     std::size_t key) {
    NestedRead read{
        relation.junction_table,
        relation.junction_field,
        keys_of(rows, key),
        {{"fields", list_of_names({relation.junction_field, relation.junction_ref_field})}}};
    const Places ours = places_of(rows, key);
    Junction junction;
    CO_TRY(const auto links, co_await read_nested(backend.handler, caller, std::move(read),
                                                  backend.settings.max_answer_bytes));
    for (const FoundRecord& link : links) {
        const auto place = ours.find(link.key);
        const std::string far = member_text(link.json, relation.junction_ref_field);
        if (place == ours.end() || far.empty() || far == "null") {
            continue;
        }
        std::vector<std::size_t>& reached = junction.places[plain_of(far)];
        if (reached.empty()) {
            junction.keys.push_back(far);
        }
        for (const std::size_t row : place->second) {
            if (std::ranges::find(reached, row) == reached.end()) {
                reached.push_back(row);
            }
        }
    }
    co_return junction;
}

/// What one row shows of its related records.
struct Shown {
    std::string json;
    std::int64_t count = 0;

    void add(const RelatedQuery& asked, const std::string& record) {
        const std::int64_t place = count++ - asked.offset;
        if (place >= 0 && (!asked.limit || place < *asked.limit)) {
            json.append(json.empty() ? "" : ",").append(record);
        }
    }
};

void show(const RelatedQuery& asked,
          const Places& places,
          const std::vector<FoundRecord>& found,
          std::vector<KeyedRows::Row>& rows) {
    std::vector<Shown> shown(rows.size());
    for (const FoundRecord& record : found) {
        const auto place = places.find(record.key);
        if (place == places.end()) {
            continue;
        }
        for (const std::size_t row : place->second) {
            if (asked.relation->is_list()) {
                shown[row].add(asked, record.json);
            } else if (shown[row].json.empty()) {
                shown[row].json = record.json;
            }
        }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string& json = shown[i].json;
        rows[i].add(asked.relation->name, asked.relation->is_list() ? "[" + json + "]"
                                          : json.empty()            ? "null"
                                                                    : json);
    }
}

std::size_t bytes_of(const std::vector<KeyedRows::Row>& rows) {
    std::size_t bytes = 0;
    for (const KeyedRows::Row& row : rows) {
        bytes += row.json.size();
    }
    return bytes;
}

}  // namespace

Task<Status> add_related(Backend& backend,
                         const Call& caller,
                         std::vector<RelatedQuery> asked,
                         std::size_t first_key,
                         std::vector<KeyedRows::Row>& rows) {
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const Relation& relation = *asked[i].relation;
        const std::size_t key = first_key + i;
        NestedRead read{relation.ref_table, relation.ref_field, {}, asked[i].options};
        Places places;
        if (relation.form == Relation::Form::ManyMany) {
            CO_TRY(auto junction, co_await read_junction(backend, caller, relation, rows, key));
            places = std::move(junction.places);
            read.keys = std::move(junction.keys);
        } else {
            places = places_of(rows, key);
            read.keys = keys_of(rows, key);
        }
        CO_TRY(const auto found, co_await read_nested(backend.handler, caller, std::move(read),
                                                      backend.settings.max_answer_bytes));
        show(asked[i], places, found, rows);
        if (bytes_of(rows) > backend.settings.max_answer_bytes) {
            co_return fail(too_large(backend.settings.max_answer_bytes));
        }
    }
    co_return Status{};
}

}  // namespace sluice::services::sql
