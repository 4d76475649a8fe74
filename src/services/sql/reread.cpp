#include "services/sql/reread.h"

#include <algorithm>

namespace sluice::services::sql {
namespace {

/// Values of one statement; MySQL binds 65,535 at most.
constexpr std::size_t kMaxBound = 20'000;

using Ids = std::vector<std::vector<Value>>;

/// What is asked once the change is done. Owns what it names, but for the dialect and the columns,
/// which outlive every write.
struct Later {
    const Dialect* dialect;
    const Table* table;
    KeyColumns keys;
    std::vector<ResultSource> returns;
    std::optional<Condition> permitted;

    Statement look(const Ids& ids) const {
        Look look;
        look.table = table;
        look.where = is_one_of(keys, ids);
        look.sources = returns;
        look.permitted = permitted ? &*permitted : nullptr;
        look.is_after_write = true;
        return to_sql(*dialect, look);
    }
};

const Value* assigned(const std::vector<Assignment>& assignments, const Column* column) {
    const auto found = std::ranges::find(assignments, column, &Assignment::column);
    return found == assignments.end() ? nullptr : &found->value;
}

/// The key of the row that `insert` makes, as far as it is known before.
std::optional<std::vector<Value>> key_of(const Dialect& dialect,
                                         const Insert& insert,
                                         const KeyColumns& keys) {
    std::vector<Value> values;
    for (const Column* key : keys) {
        if (const Value* value = assigned(insert.assignments, key)) {
            if (is_null(*value) || std::holds_alternative<Constant>(*value)) {
                return std::nullopt;
            }
            values.push_back(*value);
        } else if (key->is_auto_increment) {
            values.emplace_back(Constant{dialect.habits().last_id});
        } else {
            return std::nullopt;
        }
    }
    return keys.empty() ? std::nullopt : std::optional(std::move(values));
}

KeyColumns primary_key(const Table& table) {
    KeyColumns keys;
    for (const std::size_t index : table.keys) {
        keys.push_back(&table.columns[index]);
    }
    return keys;
}

Later later(const Dialect& dialect,
            const Table* table,
            KeyColumns keys,
            std::vector<ResultSource> returns,
            const Condition* permitted) {
    return {&dialect, table, std::move(keys), std::move(returns),
            permitted == nullptr ? std::nullopt : std::optional(*permitted)};
}

tl::unexpected<Error> cannot_tell() {
    return fail(ErrorKind::NotImplemented,
                "The database does not tell which rows it changed, and no unique key given does: "
                "ask for no fields.");
}

}  // namespace

Result<Reread> reread_of(const Dialect& dialect, const Insert& insert, const KeyColumns& keys) {
    KeyColumns by = primary_key(*insert.table);
    auto id = key_of(dialect, insert, by);
    if (!id && std::ranges::any_of(keys, &Column::is_unique)) {
        by = keys;
        id = key_of(dialect, insert, by);
    }
    Reread reread;
    if (id) {
        reread.after =
            [ask = later(dialect, insert.table, std::move(by), insert.returns, insert.permitted),
             ids = Ids{std::move(*id)}](const RowList&) { return std::vector{ask.look(ids)}; };
        return reread;
    }
    if (!insert.returns.empty() || insert.permitted != nullptr) {
        return cannot_tell();
    }
    return reread;
}

Result<Reread> reread_of(const Dialect& dialect,
                         const Update& update,
                         const KeyColumns& keys,
                         const std::vector<Value>* id) {
    Reread reread;
    const auto is_changed = [&update](const Column* key) {
        return assigned(update.assignments, key) != nullptr;
    };
    // Rows of another key may share it, and the change may have left some of them alone.
    if (id != nullptr && keys == primary_key(*update.table) &&
        std::ranges::none_of(keys, is_changed)) {
        reread.after = [ask = later(dialect, update.table, keys, update.returns, update.permitted),
                        ids = Ids{*id}](const RowList&) { return std::vector{ask.look(ids)}; };
        return reread;
    }
    KeyColumns by = primary_key(*update.table);
    by = by.empty() ? keys : by;
    if (by.empty()) {
        if (!update.returns.empty() || update.permitted != nullptr) {
            return cannot_tell();
        }
        return reread;
    }
    Look before;
    before.table = update.table;
    before.where = update.where;
    before.locks = true;
    std::vector<std::optional<Value>> changed;
    for (const Column* key : by) {
        before.sources.push_back({key, {}, true});
        const Value* value = assigned(update.assignments, key);
        changed.push_back(value == nullptr ? std::nullopt : std::optional(*value));
    }
    reread.before = to_sql(dialect, before);
    reread.after = [ask = later(dialect, update.table, by, update.returns, update.permitted),
                    changed = std::move(changed)](const RowList& rows) {
        std::vector<Statement> looks;
        Ids ids;
        for (const RowList::Row& row : rows.rows()) {
            std::vector<Value> key;
            key.reserve(changed.size());
            for (std::size_t i = 0; i < changed.size(); ++i) {
                key.push_back(changed[i] ? *changed[i] : row[i]);
            }
            ids.push_back(std::move(key));
            if (ids.size() * changed.size() >= kMaxBound) {
                looks.push_back(ask.look(ids));
                ids.clear();
            }
        }
        if (!ids.empty()) {
            looks.push_back(ask.look(ids));
        }
        return looks;
    };
    return reread;
}

Reread reread_of(const Dialect& dialect, const Delete& removal) {
    Look before;
    before.table = removal.table;
    before.where = removal.where;
    before.sources = removal.returns;
    before.locks = true;
    Reread reread;
    reread.before = to_sql(dialect, before);
    reread.before_answers = true;
    return reread;
}

}  // namespace sluice::services::sql
