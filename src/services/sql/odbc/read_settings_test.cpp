#include "services/sql/odbc/read_settings.h"

#include <gtest/gtest.h>

#include "services/sql/odbc/connection_string.h"

namespace sluice::services::sql {
namespace {

std::string sqlsrv(std::string_view extra) {
    const std::string text = R"({"host":"db","database":"d","username":"u","password":"p;}x")" +
                             std::string(extra) + "}";
    const auto read = read_sqlsrv_settings(json::parse(text).get_object());
    return read ? connection_string(read->settings) : read.error().message();
}

TEST(SqlsrvSettings, BecomeAConnectionString) {
    EXPECT_EQ(sqlsrv(""),
              "DRIVER={FreeTDS};SERVER=db;PORT=1433;ClientCharset=UTF-8;TDS_Version=7.4;"
              "DATABASE=d;UID=u;PWD={p;}}x};APP=sluice;Encryption=request;");
    EXPECT_EQ(sqlsrv(R"(,"port":14330,"encrypt":true,"trust_server_certificate":true,)"
                     R"("readonly":true,"appname":"x","options":{"TDS_Version":"8.0"})"),
              "DRIVER={FreeTDS};SERVER=db;PORT=14330;ClientCharset=UTF-8;DATABASE=d;UID=u;"
              "PWD={p;}}x};APP=x;ApplicationIntent=ReadOnly;Encryption=require;"
              "TDS_Version=8.0;");
    EXPECT_EQ(sqlsrv(R"(,"driver":"ODBC Driver 18 for SQL Server","encrypt":true)"),
              "DRIVER={ODBC Driver 18 for SQL Server};SERVER={tcp:db,1433};DATABASE=d;UID=u;"
              "PWD={p;}}x};APP=sluice;Encrypt=yes;");
}

TEST(SqlsrvSettings, SayWhatCannotBe) {
    const auto field = [](const std::string& name, const std::string& what) {
        return "The configuration field '" + name + "' " + what + ".";
    };
    EXPECT_EQ(sqlsrv(R"(,"encypt":true)"),
              field("encypt", "is none that this type of service has"));
    EXPECT_EQ(sqlsrv(R"(,"encrypt":"maybe")"), field("encrypt", "must be yes or no"));
    EXPECT_EQ(sqlsrv(R"(,"encrypt":true)"),
              field("trust_server_certificate",
                    "must be true where 'encrypt' is: FreeTDS cannot be told here to check a "
                    "certificate. Microsoft's driver ('driver') can"));
    EXPECT_EQ(sqlsrv(R"(,"charset":"latin1")"), field("charset", "must be 'utf-8'"));
    EXPECT_EQ(sqlsrv(R"(,"port":0)"), field("port", "must be a number from 1 to 65535"));
    EXPECT_EQ(
        sqlsrv(R"(,"driver":"/tmp/x.so")"),
        field("driver",
              "must be the name of a registered ODBC driver, as 'odbcinst -q -d' lists them"));
    EXPECT_EQ(sqlsrv(R"(,"options":{"TDSVersion":"7.4"})"),
              field("options",
                    "knows no 'TDSVersion'; there are TDS_Version, PacketSize, TextSize, "
                    "Language, UseNTLMv2, REALM, ServerSPN, MutualAuthentication"));
    EXPECT_EQ(sqlsrv(R"(,"options":{"Language":[1]})"),
              field("options", "must give 'Language' a text or a number"));
    EXPECT_EQ(sqlsrv(R"(,"options":7)"), field("options", "must be an object of names and values"));
    EXPECT_EQ(sqlsrv(R"(,"schema":"a\u0000b")"),
              field("schema", "is too long, or holds control characters"));
    EXPECT_EQ(sqlsrv(R"(,"statements":["SET A; SET B"])"),
              "The configuration field 'statements': entry 1 holds more than one statement; give "
              "each an entry of its own.");
    EXPECT_EQ(sqlsrv(R"(,"max_connections":65)"),
              field("max_connections", "must be a number from 1 to 64"));
    const auto no_host = read_sqlsrv_settings(json::parse(R"({"database":"d"})").get_object());
    EXPECT_EQ(no_host.error().message(), field("host", "must name the server"));
    const auto two =
        read_sqlsrv_settings(json::parse(R"({"host":"a,1;DRIVER=x","database":"d"})").get_object());
    EXPECT_EQ(two.error().message(), field("host", "must be a name or an address alone"));
}

std::string odbc(std::string_view text) {
    const auto read = read_odbc_settings(json::parse(text).get_object());
    return read ? connection_string(read->settings) : read.error().message();
}

TEST(OdbcSettingsOfAService, TakeAnyDriverAndKnownDialects) {
    EXPECT_EQ(
        odbc(
            R"({"driver":"SQLite3","dialect":"sqlite","database":"x.db","options":{"Timeout":5,"StepAPI":true}})"),
        "DRIVER={SQLite3};DATABASE=x.db;Timeout=5;StepAPI=1;");
    EXPECT_EQ(
        odbc(R"({"driver":"SQLite3","dialect":"oracle"})"),
        "The configuration field 'dialect' must be one of sqlserver, postgres, mysql, sqlite.");
    EXPECT_EQ(odbc(R"({"driver":"SQLite3","dialect":"sqlite","database":"x;LoadExt=y"})"),
              "The configuration field 'database' holds a sign that drivers of this dialect cannot "
              "be given.");
    // Its driver knows no braces: they would become part of the name, and end no value.
    EXPECT_EQ(odbc(R"({"driver":"SQLite3","dialect":"sqlite","database":"a(1)=@.db"})"),
              "DRIVER={SQLite3};DATABASE=a(1)=@.db;");
    EXPECT_EQ(odbc(R"({"driver":"SQLite3","dialect":"sqlite","password":"x;LoadExt=y"})"),
              "The configuration field 'password' holds a sign that drivers of this dialect cannot "
              "be given.");
    const std::string no_other =
        "The configuration field 'driver' is one of SQLite, which serves no other dialect.";
    EXPECT_EQ(odbc(R"({"driver":"SQLite3","dialect":"mysql","password":"x;LoadExt=y;"})"),
              no_other);
    EXPECT_EQ(sqlsrv(R"(,"driver":"SQLite3")"), no_other);
    EXPECT_EQ(odbc(R"({"driver":"SQLite3","dialect":"sqlite","database":"file:/system.db"})"),
              "The configuration field 'database' must be the path of a file, and no URI.");
    EXPECT_EQ(odbc(R"({"dialect":"sqlite"})"),
              "The configuration field 'driver' must be the name of a registered ODBC driver, as "
              "'odbcinst -q -d' lists them.");
    EXPECT_EQ(odbc(R"({"driver":"SQLite3","dialect":"sqlite","options":{"LoadExt":"/tmp/x.so"}})"),
              "The configuration field 'options' may not hold 'LoadExt'.");
    EXPECT_EQ(odbc(R"({"driver":"SQLite3","dialect":"sqlite","options":{"a;DRIVER":"x"}})"),
              "The configuration field 'options' may not hold 'a;DRIVER'.");
}

}  // namespace
}  // namespace sluice::services::sql
