#include "services/sql/related/related_records.h"

#include <algorithm>
#include <unordered_map>

#include "services/sql/related/flatten.h"
#include "services/sql/related/nested_read.h"

namespace sluice::services::sql {
namespace {

/// Records put under rows: more come about only where many rows share a key, and then as a product.
constexpr std::size_t kMaxShown = 1'000'000;

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

Error too_many(const Relation& relation) {
    return Error(ErrorKind::BadRequest, "More than " + std::to_string(kMaxShown) +
                                            " records would be shown under '" + relation.shown() +
                                            "'; ask for fewer at once.");
}

/// The keys of the far table that each row reaches through the third one.
struct Junction {
    Places places;
    std::vector<std::string> keys;
};

Result<Junction> join(const Relation& relation,
                      const std::string& far_field,
                      const Places& ours,
                      const std::vector<FoundRecord>& links) {
    Junction junction;
    std::size_t reached = 0;
    for (const FoundRecord& link : links) {
        const auto place = ours.find(link.key);
        const std::string far = member_text(link.json, far_field);
        if (place == ours.end() || far.empty() || far == "null") {
            continue;
        }
        reached += place->second.size();
        if (reached > kMaxShown) {
            return fail(too_many(relation));
        }
        std::vector<std::size_t>& there = junction.places[plain_of(far)];
        if (there.empty()) {
            junction.keys.push_back(far);
        }
        there.insert(there.end(), place->second.begin(), place->second.end());
    }
    for (auto& [far, there] : junction.places) {  // a pair that is joined twice counts once
        std::ranges::sort(there);
        const auto repeated = std::ranges::unique(there);
        there.erase(repeated.begin(), repeated.end());
    }
    return junction;
}

/// How the answers of a table name a field of it, and how its database does where that is another
/// name.
struct FieldNames {
    std::string shown;
    std::string other;
};

Task<FieldNames> names_of(Backend& backend, std::string table, std::string field, Deadline by) {
    if (backend.catalog.extras_of(table) != nullptr) {
        const auto found = co_await backend.catalog.find(std::move(table), by);
        const Column* column = found ? (*found)->find(field) : nullptr;
        if (column != nullptr && !column->alias.empty()) {
            co_return FieldNames{column->alias, column->name};
        }
    }
    co_return FieldNames{std::move(field), {}};
}

Task<Result<Junction>> read_junction(Backend& backend,
                                     const Call& caller,
                                     const Relation& relation,
                                     const std::vector<KeyedRows::Row>& rows,
                                     std::size_t key) {
    const Deadline deadline = caller.request.origin.deadline;
    const FieldNames near =
        co_await names_of(backend, relation.junction_table, relation.junction_field, deadline);
    const FieldNames far =
        co_await names_of(backend, relation.junction_table, relation.junction_ref_field, deadline);
    NestedRead read{relation.junction_table,
                    near.shown,
                    keys_of(rows, key),
                    {{"fields", list_of_names({near.shown, far.shown})}}};
    const Places ours = places_of(rows, key);
    CO_TRY(const auto links, co_await read_nested(backend.handler, caller, std::move(read),
                                                  backend.settings.max_answer_bytes));
    co_return join(relation, far.shown, ours, links);
}

/// What one row shows of its related records.
struct Shown {
    std::string json;
    std::int64_t count = 0;

    /// Gives the bytes that it takes.
    std::size_t add(const RelatedQuery& asked, const std::string& record) {
        const std::int64_t place = count++ - asked.offset;
        const bool is_one = !asked.relation->is_list();
        if (is_one ? place != 0 : place < 0 || (asked.limit && place >= *asked.limit)) {
            return 0;
        }
        json.append(json.empty() ? "" : ",").append(record);
        return record.size() + 1;
    }
};

std::size_t bytes_of(const std::vector<KeyedRows::Row>& rows) {
    std::size_t bytes = 0;
    for (const KeyedRows::Row& row : rows) {
        bytes += row.json.size();
    }
    return bytes;
}

/// Counts while it adds: a thousand rows may show the same large record.
Status show(const RelatedQuery& asked,
            const Places& places,
            const std::vector<FoundRecord>& found,
            std::size_t most_bytes,
            std::vector<KeyedRows::Row>& rows) {
    std::vector<Shown> shown(rows.size());
    std::size_t bytes = bytes_of(rows);
    std::size_t count = 0;
    for (const FoundRecord& record : found) {
        const auto place = places.find(record.key);
        if (place == places.end()) {
            continue;
        }
        count += place->second.size();
        if (count > kMaxShown) {
            return fail(too_many(*asked.relation));
        }
        for (const std::size_t row : place->second) {
            bytes += shown[row].add(asked, record.json);
            if (bytes > most_bytes) {
                return fail(too_large(most_bytes));
            }
        }
    }
    if (asked.relation->is_flattened) {
        std::vector<std::string> records;
        for (Shown& record : shown) {
            records.push_back(std::move(record.json));
        }
        const std::size_t held = bytes_of(rows);
        const bool fits =
            held <= most_bytes && flatten(*asked.relation, records, rows, most_bytes - held);
        return fits ? Status() : Status(fail(too_large(most_bytes)));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string& json = shown[i].json;
        rows[i].add(asked.relation->shown(), asked.relation->is_list() ? "[" + json + "]"
                                             : json.empty()            ? "null"
                                                                       : json);
    }
    return {};
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
        FieldNames field = co_await names_of(backend, relation.ref_table, relation.ref_field,
                                             caller.request.origin.deadline);
        NestedRead read{relation.ref_table,
                        std::move(field.shown),
                        {},
                        asked[i].options,
                        std::move(field.other)};
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
        CO_CHECK(show(asked[i], places, found, backend.settings.max_answer_bytes, rows));
    }
    co_return Status{};
}

}  // namespace sluice::services::sql
