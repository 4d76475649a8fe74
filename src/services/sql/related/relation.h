#pragma once
/// How the records of one table belong to those of others. Source: docs/reference/relations.md.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/sql/schema.h"
#include "store/role_index.h"
#include "store/rows.h"

namespace sluice::services::sql {

struct Relation {
    enum class Form {
        BelongsTo,  ///< a column of ours refers to them: one record or null
        HasOne,     ///< a column of theirs, with one row each, refers to us: one record or null
        HasMany,    ///< a column of theirs refers to us: a list
        ManyMany,   ///< a third table refers to both: a list
    };
    Form form = Form::BelongsTo;
    /// As clients name it, and the member of a record that it fills where it has no alias.
    std::string name;
    std::string alias = {};
    /// Our column that takes part.
    std::string field;
    std::string ref_table;
    std::string ref_field;
    /// Of ManyMany only: the third table, its column that refers to us, and the one to them.
    std::string junction_table;
    std::string junction_field;
    std::string junction_ref_field;
    /// No foreign key makes it: it is kept by the server.
    bool is_virtual = false;
    /// Empty: the one that its name gives.
    std::string label;
    std::string description;
    std::string on_update;
    std::string on_delete;
    /// Reads show it without being asked.
    bool is_always_fetched = false;
    /// The fields of its one record stand in ours, under `<relation>.<field>`, or as they are.
    bool is_flattened = false;
    bool drops_prefix = false;

    const std::string& shown() const { return alias.empty() ? name : alias; }
    bool answers_to(std::string_view other) const;
    bool is_list() const { return form == Form::HasMany || form == Form::ManyMany; }
};

/// Shape: "belongs_to", "has_one", "has_many", "many_many".
std::string_view name_of(Relation::Form form);
std::optional<Relation::Form> form_named(std::string_view name);

/// A relation that is kept by the server.
Relation relation_of(const store::VirtualRelationRow& row);

using Relations = std::vector<Relation>;
using RelationsRef = std::shared_ptr<const Relations>;

/// Puts what is kept about relations of `table` to them. An alias counts after every name of a
/// field or relation of the database's own.
void add_extras(Relations& relations,
                const Table& table,
                const store::TextMap<store::RelationExtraRow>& kept);

/// What all references of a `database` make of `table`.
///
/// Shape: its own references first, then those to it, then those by way of a third table; each kind
///        in the order of `database`; without tables whose name has a slash. Names are unique,
///        ignoring case: of two the first counts. A table that refers to itself has
///        `<table>_by_<field>` for the record above and `<table>_by_<field>_many` for those below.
Relations relations_of(const Table& table, const std::vector<Reference>& database);

/// By name or alias, ignoring case; else the only one that leads to a table of this name. Null when
/// there is none, or when several lead there.
const Relation* find_relation(const Relations& relations, std::string_view name);

}  // namespace sluice::services::sql
