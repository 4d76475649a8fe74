#pragma once
/// Names of tables and fields as people read them.

#include <string>
#include <string_view>

namespace sluice::services::sql {

/// "first_name" -> "First Name".
std::string label_of(std::string_view name);

/// The label's last word in the plural, by the rules of English that the incumbent's labels follow:
/// "Employees" -> "Employees", "City" -> "Cities", "Person" -> "People".
std::string plural_of(std::string_view label);

}  // namespace sluice::services::sql
