#pragma once
/// Where a MySQL or MariaDB server is and how it is talked to.

#include <string>
#include <vector>

namespace sluice::services::sql {

struct MysqlSettings {
    enum class Tls {
        Off,
        Preferred,   ///< in clear text when the server offers nothing else
        Required,    ///< encrypted, whoever answers
        VerifyFull,  ///< and the certificate must be the host's
    };
    std::string host = "localhost";
    unsigned port = 3306;
    /// Instead of host and port when it is not empty.
    std::string unix_socket;
    std::string database;
    std::string username;
    std::string password;
    std::string collation;
    /// Empty: the server's own.
    std::string timezone;
    /// Instead of the server's sql_mode when it is not empty; what statements rely on is added.
    std::string modes;
    bool is_strict = true;
    /// False: as with servers that return no rows from INSERT and DELETE, whatever this one can.
    bool uses_returning = true;
    Tls tls = Tls::Preferred;
    std::string ssl_ca;
    std::string ssl_cert;
    std::string ssl_key;
    std::vector<std::string> statements;
};

/// What is known of a server once it has answered.
struct MysqlFacts {
    bool is_mariadb = false;
    /// INSERT and DELETE take RETURNING: MariaDB from 10.5 on.
    bool has_returning = false;
};

}  // namespace sluice::services::sql
