#pragma once
/// Rows of prepared statements, looked through before libmariadb reads them: it believes what a
/// server says of the type and length of a cell, and would read past the row.

#include <span>

struct st_mysql;
struct st_mysql_field;

namespace sluice::services::sql {

/// From now on a row that does not hold together fails its statement, without an error of the
/// library's. False when the library is not of the version that this was compiled for: its table of
/// functions may be another.
bool guard_rows(st_mysql* handle);

/// Whether each cell of `row` is of a known type and ends inside of it.
/// Shape: a row of the binary protocol: one byte, a bit for each null, cells.
bool holds_together(std::span<const st_mysql_field> fields, std::span<const unsigned char> row);

}  // namespace sluice::services::sql
