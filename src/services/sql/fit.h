#pragma once
/// Whether a value fits the column that it is written to. SQLite keeps whatever it is given and
/// PostgreSQL does not say which field it refuses; so both are asked here, before the database is.

#include "core/result.h"
#include "services/sql/moment.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

/// What a database makes of dates and times that are not written as ISO 8601.
enum class OtherDates {
    Refused,  ///< it would keep them as any text (SQLite)
    Judged,   ///< it reads more spellings than we know, and refuses the rest (PostgreSQL)
    Guessed,  ///< it makes something of almost everything (MySQL)
};

/// `value` as the column keeps it: moments and UUIDs in one spelling, so that they compare; for
/// SQLite decimals are rounded to the column's scale, as PostgreSQL does by itself.
/// Errors: BadRequest naming the field and what it takes.
Result<Value> fitted(const Column& column, Value value, OtherDates other_dates);

/// A value to compare with the column, in the spelling that the column keeps. Other spellings than
/// ISO 8601 are left to a database that reads them; elsewhere they would be compared as any text.
/// Errors: BadRequest naming the field and what it takes: a filter for 2020-13-45 is a slip, which
///         PostgreSQL refuses and SQLite compares as text.
Result<Value> comparable(const Column& column, Value value);

}  // namespace sluice::services::sql
