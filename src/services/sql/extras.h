#pragma once
/// What is kept about tables and fields besides what their database says, as the rest of the
/// connector reads it. Source: docs/reference/schema-api.md.

#include <memory>
#include <string>

#include "services/sql/schema.h"
#include "services/sql/validation.h"
#include "store/schema_extras.h"

namespace sluice::services::sql {

struct TableLabels {
    std::string alias;
    std::string label;
    std::string plural;
    std::string description;
    std::string name_field;
};

struct ColumnExtras {
    std::string alias;
    std::string label;
    std::string description;
    /// timestamp_on_update, user_id_on_create ...; empty for a type of the database.
    std::string extra_type;
    /// JSON texts; empty when there is none.
    std::string picklist;
    std::string validation;
    std::string db_function;
    /// Picklist and validation, ready to be asked; null when there is none.
    ValidationRef rules;
};

/// The types that are filled in here and not by the database.
bool is_extra_type(std::string_view type);
/// Of those, the ones that clients cannot write, and whether a write of this kind fills it.
bool is_filled(const Column& column, bool is_insert);
bool is_kept_from_clients(const Column& column);

/// `table` with what is kept about it. What is kept about fields that are gone is left out, and so
/// are validation that can no longer be read and aliases that the table has another field for by
/// now.
TableRef with_extras(const TableRef& table, const store::TableExtras& kept);

}  // namespace sluice::services::sql
