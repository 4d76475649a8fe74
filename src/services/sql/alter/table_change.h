#pragma once
/// What is to become of a table that is there.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/sql/new_table.h"
#include "services/sql/schema.h"
#include "store/rows.h"

namespace sluice::services::sql {

/// What is kept about a table besides what its database says, as it shall be.
struct ExtrasChange {
    std::optional<store::TableExtraRow> table;
    std::vector<store::FieldExtraRow> fields;
    /// Of those that are about fields that were there, by their place: what was known of them. What
    /// the request did not change stays as others left it meanwhile.
    std::map<std::size_t, store::FieldExtraRow> known;
    std::vector<store::VirtualRelationRow> relations;
    std::vector<store::RelationExtraRow> relation_extras;
    std::vector<std::string> dropped_fields;
    std::vector<std::string> dropped_relations;
    /// Names that a field takes now. What is kept under them is about one that is gone.
    std::vector<std::string> new_names;
    /// Old and new name.
    std::vector<std::pair<std::string, std::string>> renamed_fields;
    /// The table is gone.
    bool drops_table = false;

    bool is_nothing() const {
        return !table && fields.empty() && relations.empty() && relation_extras.empty() &&
               dropped_fields.empty() && dropped_relations.empty() && new_names.empty() &&
               renamed_fields.empty() && !drops_table;
    }
};

struct NewField {
    NewColumn column;
    /// " REFERENCES ..." or empty.
    std::string references;
};

/// What changes of a column. `wanted` holds all of it as it shall be.
struct FieldChange {
    const Column* column = nullptr;
    NewColumn wanted;
    bool has_new_type = false;
    bool has_new_nullability = false;
    bool has_new_default = false;
    bool becomes_unique = false;
    bool becomes_index = false;
    bool is_renamed = false;
    /// " REFERENCES ..." or empty.
    std::string references;
    /// Its foreign key goes.
    bool drops_reference = false;

    bool is_nothing() const {
        return !has_new_type && !has_new_nullability && !has_new_default && !becomes_unique &&
               !becomes_index && !is_renamed && !drops_reference && wanted.ref_table.empty();
    }
};

/// Shape: the pointers are into `table`.
struct TableChange {
    TableRef table;
    std::vector<NewField> added;
    std::vector<FieldChange> changed;
    std::vector<const Column*> dropped;
    ExtrasChange extras;

    /// Of the database itself.
    bool is_nothing() const { return added.empty() && changed.empty() && dropped.empty(); }
};

/// The statements that make a change, in order.
struct Alteration {
    std::vector<std::string> statements;
    /// They put a new table in place of the old one: foreign keys must not act on that (SQLite).
    bool replaces_table = false;
};

}  // namespace sluice::services::sql
