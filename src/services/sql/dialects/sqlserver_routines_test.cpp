#include "services/sql/dialects/sqlserver_routines.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/dialects/canned_catalogue.h"
#include "services/sql/dialects/sqlserver.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

const SqlServerDialect kDialect("");

/// A parameter of the procedure `dbo.p`, as the catalogue has it.
CannedCatalogue::Row parameter(const char* name,
                               const char* type,
                               const char* bytes,
                               const char* position,
                               const char* is_output = "0",
                               const char* cannot_be_given = "0") {
    return {name,     type,      bytes,           "10", "0",   "1", "0", "0", nullptr,
            position, is_output, cannot_be_given, "7",  "dbo", "p", "p", "P", "What it does."};
}

std::vector<RoutineRef> found(CannedCatalogue& catalogue,
                              std::optional<std::string> name = std::nullopt,
                              RoutineForm form = RoutineForm::Procedure) {
    boost::asio::io_context loop{1};
    std::vector<RoutineRef> routines;
    boost::asio::co_spawn(loop, kDialect.routines()->find(catalogue, form, name, Deadline()),
                          [&routines](std::exception_ptr, Result<std::vector<RoutineRef>> result) {
                              ASSERT_TRUE(result) << result.error().message();
                              routines = std::move(*result);
                          });
    loop.run();
    return routines;
}

std::string called(const Routine& routine, const Arguments& arguments) {
    const RoutineCall call = kDialect.routines()->call(routine, arguments);
    EXPECT_TRUE(call.before.empty());
    EXPECT_FALSE(call.after);
    std::string out = call.statement.text;
    for (std::size_t i = 0; i < call.statement.values.size(); ++i) {
        out += (i == 0 ? " <- " : ", ") + text_of(call.statement.values[i]);
    }
    return out;
}

TEST(SqlServerRoutines, AreFoundWithTheirParameters) {
    CannedCatalogue catalogue(
        {parameter("@who", "int", "4", "1"), parameter("@name", "nvarchar", "80", "2", "1")});
    const auto routines = found(catalogue, "p");
    ASSERT_EQ(routines.size(), 1U);
    const Routine& routine = *routines.front();
    EXPECT_EQ(routine.name, "p");
    EXPECT_EQ(routine.quoted, "[dbo].[p]");
    EXPECT_EQ(routine.description, "What it does.");
    EXPECT_FALSE(routine.is_function);
    ASSERT_EQ(routine.parameters.size(), 2U);
    EXPECT_EQ(routine.parameters[0].column.name, "who");
    EXPECT_EQ(routine.parameters[0].column.greatest, INT32_MAX);
    EXPECT_FALSE(routine.parameters[0].gives());
    EXPECT_TRUE(routine.parameters[0].has_default);
    EXPECT_EQ(routine.parameters[1].column.db_type, "nvarchar(40)");
    EXPECT_TRUE(routine.parameters[1].gives());
    EXPECT_TRUE(routine.parameters[1].takes());
    ASSERT_EQ(catalogue.asked.size(), 1U);
    EXPECT_THAT(catalogue.asked[0].text, HasSubstr("r.shown COLLATE Latin1_General_BIN2 = ?"));
    EXPECT_EQ(catalogue.asked[0].values.size(), 5U);
}

TEST(SqlServerRoutines, AreFoundIgnoringCaseWhenNoneIsSpelledSo) {
    CannedCatalogue catalogue({parameter("@who", "int", "4", "1")});
    EXPECT_EQ(found(catalogue, "P").size(), 1U);
    EXPECT_EQ(catalogue.asked.size(), 2U);
    EXPECT_TRUE(found(catalogue, "p ").empty());
    EXPECT_TRUE(found(catalogue, "q").empty());
}

TEST(SqlServerRoutines, AreLeftOutWhenTheirParametersCannotBeGiven) {
    CannedCatalogue readonly({parameter("@table", "int", "4", "1", "0", "1")});
    EXPECT_TRUE(found(readonly).empty());
    CannedCatalogue odd({parameter("@a = 1; DROP TABLE t; --", "int", "4", "1")});
    EXPECT_TRUE(found(odd).empty());
    CannedCatalogue nameless({parameter("@", "int", "4", "1")});
    EXPECT_TRUE(found(nameless).empty());
}

TEST(SqlServerRoutines, WithoutParametersAreFoundToo) {
    CannedCatalogue::Row row(12, nullptr);
    row.insert(row.end(), {"8", "sales", "f]", "sales.f]", "T", nullptr});
    CannedCatalogue catalogue({row});
    const auto routines = found(catalogue, std::nullopt, RoutineForm::Function);
    ASSERT_EQ(routines.size(), 1U);
    EXPECT_TRUE(routines.front()->gives_many);
    EXPECT_EQ(called(*routines.front(), {}), "SELECT * FROM [sales].[f]]]()");
    EXPECT_EQ(text_of(catalogue.asked[0].values.back()), "F");
}

TEST(SqlServerRoutines, GiveValuesThroughVariablesOfTheBatch) {
    CannedCatalogue catalogue({parameter("@who", "int", "4", "1"),
                               parameter("@total", "decimal", "9", "2", "1"),
                               parameter("@P1", "nvarchar", "-1", "3", "1")});
    const auto routines = found(catalogue, "p");
    ASSERT_EQ(routines.size(), 1U);
    EXPECT_EQ(
        called(*routines.front(), {Value(std::int64_t{3}), Value(Number{"1.5"}), std::nullopt}),
        "DECLARE @given2 decimal(10,0) = ?, @given3 nvarchar(max); "
        "EXEC [dbo].[p] @who = ?, @total = @given2 OUTPUT, @P1 = @given3 OUTPUT; "
        "SELECT @given2 AS [total], @given3 AS [P1] <- 1.5, 3");
}

TEST(SqlServerRoutines, LeaveOutWhatIsNotGiven) {
    CannedCatalogue catalogue(
        {parameter("@a", "int", "4", "1"), parameter("@b", "nvarchar", "80", "2")});
    const auto routines = found(catalogue, "p");
    EXPECT_EQ(called(*routines.front(), {std::nullopt, Value(std::string("it's"))}),
              "EXEC [dbo].[p] @b = ? <- it's");
    EXPECT_EQ(called(*routines.front(), {std::nullopt, std::nullopt}), "EXEC [dbo].[p]");
}

TEST(SqlServerRoutines, FunctionsTakeEveryValueInOrder) {
    CannedCatalogue catalogue({parameter("", "int", "4", "0"), parameter("@a", "int", "4", "1"),
                               parameter("@b", "int", "4", "2")});
    auto routine = std::make_shared<Routine>(*found(catalogue, "p").front());
    EXPECT_EQ(routine->returns.kind, Kind::Integer);
    EXPECT_EQ(routine->parameters.size(), 2U);
    routine->is_function = true;
    EXPECT_EQ(called(*routine, {Value(std::int64_t{1}), Value(Null{})}),
              "SELECT [dbo].[p](?, ?) <- 1, ");
}

}  // namespace
}  // namespace sluice::services::sql
