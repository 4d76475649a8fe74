#pragma once
/// What an ODBC connection is made of.

#include <string>
#include <utility>
#include <vector>

namespace sluice::services::sql {

struct OdbcFlavor;

/// How rows are had a few at a time.
enum class OdbcCursors {
    None,
    Declared,  ///< DECLARE and FETCH, whatever the driver would hold of an answer
    Fetched    ///< the driver hands them over as they come
};

struct OdbcSettings {
    /// As it is registered in odbcinst.ini; never a path.
    std::string driver;
    /// What follows it in the connection string: keyword and value.
    std::vector<std::pair<std::string, std::string>> keywords;
    /// Run on each connection after those of the flavor.
    std::vector<std::string> statements;
    const OdbcFlavor* flavor = nullptr;
    OdbcCursors cursors = OdbcCursors::None;
};

/// What is known of a database once it has answered.
struct OdbcFacts {
    std::string product;
    std::string version;
};

}  // namespace sluice::services::sql
