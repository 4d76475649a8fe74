#pragma once
/// Records that are rows of one table. A resource says what is particular about its rows; reading,
/// writing, stamps and look-ups are the same for all.

#include <charconv>

#include "services/system/left_behind.h"
#include "services/system/members.h"
#include "services/system/records.h"
#include "services/system/row_json.h"

namespace sluice::services::system {

/// The value of a key in a path, as the table has it. Empty for text where a number must stand.
template <typename Row>
std::optional<store::Value> key_value(const std::string& key) {
    if constexpr (store::HasId<Row>) {
        store::Id id = 0;
        const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), id);
        if (code != std::errc() || end != key.data() + key.size()) {
            return std::nullopt;
        }
        return store::Value(id);
    } else {
        return store::Value(key);
    }
}

template <typename Row>
class RowRecords : public Records {
public:
    using TableMember = store::Table<Row> store::Tables::*;

    RowRecords(RecordKind kind, TableMember table) : kind_(std::move(kind)), table_(table) {
        kind_.key = store::Columns<Row>::all()[0].name;
        // What the kind came with are fields that are made up on showing.
        std::vector<std::string_view> made_up = std::move(kind_.fields);
        kind_.fields = fields_of<Row>();
        kind_.fields.insert(kind_.fields.end(), made_up.begin(), made_up.end());
    }

    const RecordKind& kind() const override { return kind_; }

    Result<json::array> list(store::Tables& tables) const override {
        SLUICE_TRY(const std::vector<Row> rows, (tables.*table_).all());
        json::array records;
        for (const Row& row : rows) {
            if (belongs(row)) {
                records.push_back(shown(row));
            }
        }
        return records;
    }

    Result<json::object> find(store::Tables& tables, const std::string& key) const override {
        SLUICE_TRY(const Row row, find_row(tables, key));
        return shown(row);
    }

    Result<json::object> create(store::Tables& tables,
                                const Draft& draft,
                                const Actor& actor) const override {
        SLUICE_CHECK(refuse_unknown(draft.fields, kind_, others()));
        Row row = fresh();
        SLUICE_CHECK(apply(draft, row, nullptr));
        stamp(row, actor, true);
        SLUICE_CHECK(check(tables, row, nullptr));
        SLUICE_TRY(row, (tables.*table_).insert(std::move(row)));
        SLUICE_CHECK(save_relations(tables, row, draft));
        return shown(row);
    }

    Result<json::object> update(store::Tables& tables,
                                const std::string& key,
                                const Draft& draft,
                                const Actor& actor) const override {
        SLUICE_TRY(const Row before, find_row(tables, key));
        SLUICE_CHECK(refuse_unknown(draft.fields, kind_, others()));
        Row row = before;
        SLUICE_CHECK(apply(draft, row, &before));
        stamp(row, actor, false);
        SLUICE_CHECK(check(tables, row, &before));
        SLUICE_TRY(const bool is_there, (tables.*table_).update(row));
        if (!is_there) {
            return fail(no_such_record(key));
        }
        SLUICE_CHECK(save_relations(tables, row, draft));
        return shown(row);
    }

    Result<json::object> remove(store::Tables& tables, const std::string& key) const override {
        SLUICE_TRY(const Row row, find_row(tables, key));
        SLUICE_CHECK(check_remove(tables, row));
        SLUICE_TRY(const std::string warning, left_behind(tables, row));
        SLUICE_CHECK((tables.*table_).remove(row));
        json::object record = shown(row);
        if (!warning.empty()) {
            record[kWarning] = warning;
        }
        return record;
    }

protected:
    /// What a new row starts from.
    virtual Row fresh() const { return Row(); }
    /// Whether this resource has anything to do with the row.
    virtual bool belongs(const Row& /*row*/) const { return true; }
    virtual std::span<const FieldRule> rules() const { return {}; }
    /// What else its records may carry.
    virtual std::span<const OtherMember> others() const { return {}; }
    virtual json::object shown(const Row& row) const { return to_record(row); }
    /// Writes the draft into the row. `before` is null for a new one.
    virtual Status apply(const Draft& draft, Row& row, const Row* /*before*/) const {
        return apply_record(draft.fields, row, rules());
    }
    /// Judges the row as it would be saved, and tidies it.
    virtual Status check(store::Tables& tables, Row& row, const Row* before) const = 0;
    virtual Status check_remove(store::Tables& /*tables*/, const Row& /*row*/) const { return {}; }
    /// What the answer to its removal warns of.
    static Result<std::string> left_behind([[maybe_unused]] store::Tables& tables,
                                           [[maybe_unused]] const Row& row) {
        if constexpr (requires { left_by(tables, row); }) {
            return left_by(tables, row);
        }
        return std::string();
    }
    virtual Status save_relations(store::Tables& /*tables*/,
                                  const Row& /*row*/,
                                  const Draft& /*draft*/) const {
        return {};
    }

    /// Errors: Conflict when another row has this value. Empty values do not count.
    Status check_unique(store::Tables& tables,
                        std::string_view column,
                        const std::string& value,
                        const Row* before) const {
        SLUICE_TRY(const std::vector<Row> rows, (tables.*table_).where(column, value));
        for (const Row& row : rows) {
            if (!value.empty() && (before == nullptr || !is_same(row, *before))) {
                return fail(ErrorKind::Conflict, "Field '" + std::string(column) +
                                                     "': the value '" + value +
                                                     "' is already in use.");
            }
        }
        return {};
    }

    Result<Row> find_row(store::Tables& tables, const std::string& key) const {
        const auto value = key_value<Row>(key);
        if (!value) {
            return fail(no_such_record(key));
        }
        SLUICE_TRY(const std::optional<Row> row, (tables.*table_).find(*value));
        if (!row || !belongs(*row)) {
            return fail(no_such_record(key));
        }
        return *row;
    }

private:
    static bool is_same(const Row& a, const Row& b) {
        const auto& key = store::Columns<Row>::all()[0];
        return store::cell_of(a, key) == store::cell_of(b, key);
    }

    static void stamp(Row& row, const Actor& actor, bool is_new) {
        if constexpr (store::HasStamps<Row>) {
            row.stamps.last_modified_date = store::now_text();
            row.stamps.last_modified_by_id = actor.user_id;
            if (is_new) {
                row.stamps.created_date = row.stamps.last_modified_date;
                row.stamps.created_by_id = actor.user_id;
            }
        }
    }

    RecordKind kind_;
    TableMember table_;
};

}  // namespace sluice::services::system
