#pragma once
/// The statements of one table as text.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"
#include "store/rows.h"

namespace sluice::store {

struct TableSql {
    /// Without condition and order.
    std::string select;
    std::string order;
    std::string select_all;
    /// Without condition.
    std::string count;
    std::string insert;
    std::string update;
    std::string remove;
};

std::string quoted(std::string_view name);

/// The first column is the key. `counts_itself`: it is left out of the insert, which returns it.
/// The key is never updated; its value is the last parameter of the update.
TableSql table_sql(std::string_view table,
                   const std::vector<std::string_view>& columns,
                   bool counts_itself);

inline constexpr std::array<std::string_view, 4> kStampColumns{
    "created_date", "last_modified_date", "created_by_id", "last_modified_by_id"};
void append_stamps(Values& values, const Stamps& stamps);
/// Reads the four values of `cells` from `first` on.
void read_stamps(Stamps& stamps, const Values& cells, std::size_t first);

/// Now, as the tables keep it: UTC, "2026-11-21 08:50:20".
std::string now_text();
std::string date_text(std::int64_t seconds_since_1970);

}  // namespace sluice::store
