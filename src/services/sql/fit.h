#pragma once
/// Whether a value fits the column that it is written to. SQLite keeps whatever it is given and
/// PostgreSQL does not say which field it refuses; so both are asked here, before the database is.

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

/// What a database makes of dates and times that are not written as ISO 8601.
enum class OtherDates {
    Refused,   ///< it would keep them as any text (SQLite)
    Judged,    ///< it reads more spellings than we know, and refuses the rest (PostgreSQL)
    Zoneless,  ///< it makes something of almost everything, and nothing of a zone (MySQL)
};

/// `value` as the column keeps it: for SQLite decimals are rounded to the column's scale, and a
/// moment in a column of days is cut to its day, as PostgreSQL does by itself.
/// Errors: BadRequest naming the field and what it takes.
Result<Value> fitted(const Column& column, Value value, OtherDates other_dates);

/// `text` of a moment without the zone at its end: `2026-11-21T08:50:20+01:00`.
std::string_view without_zone(Kind kind, std::string_view text);

/// A moment with a zone as one in UTC without: `2026-11-21 07:50:20`. Empty when it has none.
std::optional<std::string> in_utc(std::string_view text);

/// Whether there can be such a moment: a filter for 2020-13-45 is a slip, which PostgreSQL refuses
/// and SQLite compares as text. Other spellings than ISO 8601 are left to the database.
/// Errors: BadRequest naming the field and what it takes.
Status check_moment(const Column& column, const Value& value);

/// Whether a text is a moment as ISO 8601 writes it.
enum class Moment {
    Valid,
    Impossible,  ///< of the right form, but no such day or time: 2026-02-30
    Other,       ///< of another form
};
/// Shape: `kind` Date or DateTime: `2026-11-21`, with `T08:50`, ` 08:50:20.5Z` after it or not;
///        Time: `08:50`, `08:50:20.5+01:00`.
Moment moment_of(Kind kind, std::string_view text);

}  // namespace sluice::services::sql
