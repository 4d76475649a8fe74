#pragma once
/// Days and times as clients write them.

#include <string>
#include <string_view>

#include "services/sql/value.h"

namespace sluice::services::sql {

/// Whether a text is a moment as ISO 8601 writes it.
enum class Moment {
    Valid,
    Impossible,  ///< of the right form, but no such day or time: 2026-02-30
    Other,       ///< of another form
};
/// Shape: `kind` Date or DateTime: `2026-11-21`, with `T08:50`, ` 08:50:20.5Z` after it or not;
///        Time: `08:50`, `08:50:20.5+01:00`.
Moment moment_of(Kind kind, std::string_view text);

/// A valid moment in the one spelling that databases compare as text: `2026-11-21`,
/// `2026-11-21 08:50:20`, `08:50:20`, with a fraction that does not end in 0 or none.
///
/// Shape: of a moment with a day added to or left out, as `kind` says; one with an offset is that
/// of
///        UTC. A time of day loses its offset, as in SQL.
std::string normal_moment(Kind kind, std::string_view text);

/// Whether `text` is a valid moment of a day with an offset: `2026-11-21T08:50:20+01:00`.
bool has_offset(std::string_view text);

/// `[-]838:59:59.999999`: how long something takes.
bool is_duration(std::string_view text);

}  // namespace sluice::services::sql
