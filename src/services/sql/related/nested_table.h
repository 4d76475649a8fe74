#pragma once
/// A table that records inside of a record belong to, with the right to write it.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "services/sql/plan_write.h"
#include "services/sql/related/relation.h"

namespace sluice::services::sql {

/// Threads: one shard while it is made; afterwards any, it no longer changes.
class NestedTable {
public:
    enum class Use { Find, Insert, Change, Remove };

    NestedTable(TableRef table, RelationsRef relations);

    /// Noted while the records are read. `member` is where they stand, for errors.
    void need(Use use, const std::string& member);
    /// Records may be there or not: it takes either right, and does what it may.
    void need_upsert(const std::string& member);
    /// What each write and look returns besides the key.
    void show(const std::string& field) { shown_.insert(field); }

    /// Once all is noted and before anything is written.
    /// Errors: Forbidden for a right that the caller lacks; NotImplemented where scripts stand at a
    ///         table whose records have no key to call them by; Internal for a role filter that
    ///         cannot be applied.
    Status finish(const Backend& backend, const Call& caller);

    const Table& table() const { return *table_; }
    const TableRef& ref() const { return table_; }
    const RelationsRef& relations() const { return relations_; }
    /// The primary key; empty for a table without one.
    const std::vector<const Column*>& keys() const { return keys_; }

    /// Null without the right, or where nothing needs it.
    const WritePlanner* insert() const { return insert_ ? &*insert_ : nullptr; }
    const WritePlanner* change() const { return change_ ? &*change_ : nullptr; }
    const WritePlanner* remove() const { return remove_ ? &*remove_ : nullptr; }
    /// The rows that meet `where` and that the caller may read.
    Write find(Condition where) const;
    /// Scripts stand there: it is done by calls to the table, so that they run.
    bool is_by_call(Use use) const { return by_call_.at(static_cast<std::size_t>(use)); }
    /// Of the calls: PUT or PATCH for a change, whichever the caller's own is.
    Verb verb(Use use) const { return verbs_.at(static_cast<std::size_t>(use)); }
    bool has_calls() const { return std::ranges::find(by_call_, true) != by_call_.end(); }
    /// What each call returns, too.
    const std::set<std::string>& shown() const { return shown_; }

private:
    enum class Wish { None, IfAllowed, Must };
    struct Wanted {
        Wish wish = Wish::None;
        std::string member;
    };
    Status allow(const Backend& backend, const Call& caller, Use use, bool& is_allowed);
    Status make(const Backend& backend, Use use, const Call& caller, const Grant& grant);

    TableRef table_;
    RelationsRef relations_;
    std::vector<const Column*> keys_;
    std::set<std::string> shown_;
    std::array<Wanted, 4> wanted_;
    std::array<bool, 4> by_call_{};
    std::array<Verb, 4> verbs_{};
    std::string upsert_member_;
    const Dialect* dialect_ = nullptr;
    std::optional<WritePlanner> insert_;
    std::optional<WritePlanner> change_;
    std::optional<WritePlanner> remove_;
    Condition readable_;
    std::vector<ResultSource> sources_;
    RowShapeRef shape_;
};
using NestedTableRef = std::shared_ptr<NestedTable>;

/// By name.
using NestedTables = std::map<std::string, NestedTableRef>;

/// The rows whose `columns` hold what `record` gives for them.
/// Errors: BadRequest for a value that cannot be one of its column.
Result<Condition> equals_record(const std::vector<const Column*>& columns,
                                const Table& table,
                                const Record& record);

/// The value that a record gives for a column, under whatever spelling. Null when it gives none.
const Input* given(const Table& table, const Record& record, const Column& column);
/// `record` with `column` set, whatever it gave for it.
Record with(const Table& table, const Record& record, const Column& column, Input value);

}  // namespace sluice::services::sql
