#pragma once
/// A table to create, as a client describes it.

#include <optional>
#include <string>
#include <vector>

namespace sluice::services::sql {

struct NewColumn {
    std::string name;
    /// The simple type: id, reference, string, integer ...
    std::string type;
    std::optional<int> length;
    std::optional<int> precision;
    std::optional<int> scale;
    /// As JSON text; empty when there is none.
    std::string default_json;
    bool allows_null = true;
    bool is_primary_key = false;
    bool is_unique = false;
    bool is_index = false;
    bool is_auto_increment = false;
    std::string ref_table;
    std::string ref_field;
    std::string ref_on_delete;
    std::string ref_on_update;
};

struct NewTable {
    std::string name;
    std::vector<NewColumn> columns;
};

}  // namespace sluice::services::sql
