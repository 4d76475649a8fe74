#pragma once
/// What clients are told of failures that every database knows under a number of its own.

#include <string_view>

namespace sluice::services::sql {

inline constexpr std::string_view kTooLong = "A value is too long for its field.";
inline constexpr std::string_view kMisfit = "A value does not fit the type of its field.";
inline constexpr std::string_view kOutOfRange = "A number is out of the range of its field.";
inline constexpr std::string_view kDenied = "The database does not allow this to its user.";
inline constexpr std::string_view kInTheWay = "Another change was in the way; try again.";
inline constexpr std::string_view kDependsOnIt = "Other objects of the database depend on it.";
inline constexpr std::string_view kOutOfResources = "The database has run out of resources.";
inline constexpr std::string_view kNotAvailable = "The database is not available.";
inline constexpr std::string_view kNotWritable = "The database cannot be written to.";
inline constexpr std::string_view kViewNotWritable = "This view cannot be written to.";
inline constexpr std::string_view kTooBig = "A value or the request is too big.";

}  // namespace sluice::services::sql
