#include "services/sql/postgres/error.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

TEST(FromSqlstate, NamesWhatTheServerNames) {
    const auto shown = [](PostgresReport report) {
        const Error error = from_sqlstate(report);
        return std::to_string(error.status()) + " " + error.message();
    };
    EXPECT_EQ(shown({"23505", "m", "Key (a, b)=(1, x)=) already exists.", "t", "", "t_a_key"}),
              "409 A record with the same value of 't.a, b' exists already.");
    EXPECT_EQ(shown({"23502", "m", "", "t", "name", ""}), "400 Field 'name' can not be NULL.");
    EXPECT_EQ(shown({"23514", "m", "", "t", "", "positive"}),
              "400 The check 'positive' refuses the record.");
    EXPECT_EQ(shown({"22003", "m", "", "", "", ""}),
              "400 A number is out of the range of its field.");
    EXPECT_EQ(shown({"22P02", "SELECT secret", "", "", "", ""}),
              "400 A value does not fit the type of its field.");
    for (const char* state : {"P0001", "P0002", "45000", "U0001", "99999"}) {
        EXPECT_EQ(shown({state, "too young", "", "", "", ""}), "400 too young") << state;
    }
    for (const char* state : {"P0000", "XX000", "72000", "HV000"}) {
        EXPECT_EQ(shown({state, "SELECT secret", "", "", "", ""}),
                  "500 The database refused the statement.")
            << state;
    }
    EXPECT_EQ(shown({"57P01", "m", "", "", "", ""}), "503 The database is not available.");
    EXPECT_EQ(shown({"", "server closed the connection", "", "", "", ""}),
              "503 The database went away.");
    EXPECT_EQ(shown({"57014", "m", "", "", "", ""}), "504 The database did not answer in time.");
    EXPECT_EQ(shown({"42703", "m", "", "", "", ""}), "500 The database refused the statement.");
}

}  // namespace
}  // namespace sluice::services::sql
