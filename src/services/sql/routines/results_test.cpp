#include "services/sql/routines/results.h"

#include <gtest/gtest.h>

#include "services/sql/routines/answer.h"
#include "services/sql/routines/recast.h"
#include "services/sql/rows_writer.h"

namespace sluice::services::sql {
namespace {

Cell number(std::int64_t integer) {
    Cell cell;
    cell.form = Cell::Form::Integer;
    cell.integer = integer;
    return cell;
}

Cell real(double value) {
    Cell cell;
    cell.form = Cell::Form::Real;
    cell.real = value;
    return cell;
}

Cell text(std::string_view value) {
    Cell cell;
    cell.form = Cell::Form::Text;
    cell.text = value;
    return cell;
}

void add_row(RoutineResults& results, std::initializer_list<Cell> cells) {
    results.start_row();
    for (const Cell& cell : cells) {
        results.cell(cell);
    }
    results.end_row();
}

std::string shown(const Cell& cell, Kind own, Kind wanted) {
    std::string scratch;
    std::string out;
    const Cell made = recast(cell, own, wanted, scratch);
    append_cell(out, wanted, made);
    return out;
}

TEST(Recast, ShowsAValueAsAnotherKind) {
    EXPECT_EQ(shown(number(5), Kind::Integer, Kind::Text), "\"5\"");
    EXPECT_EQ(shown(text("t"), Kind::Boolean, Kind::Text), "\"true\"");
    EXPECT_EQ(shown(text("1.50"), Kind::Decimal, Kind::Real), "1.50");
    EXPECT_EQ(shown(text("12"), Kind::Text, Kind::Integer), "12");
    EXPECT_EQ(shown(text("12.00"), Kind::Decimal, Kind::Integer), "12");
    EXPECT_EQ(shown(text("t"), Kind::Boolean, Kind::Integer), "1");
    EXPECT_EQ(shown(number(1), Kind::Integer, Kind::Boolean), "true");
    EXPECT_EQ(shown(text("no"), Kind::Text, Kind::Boolean), "false");
    EXPECT_EQ(shown(text("{\"a\":1}"), Kind::Text, Kind::Json), "{\"a\":1}");
    EXPECT_EQ(shown(real(2.0), Kind::Real, Kind::Integer), "2");
    EXPECT_EQ(shown(Cell{}, Kind::Integer, Kind::Text), "null");
}

TEST(Recast, LosesNothing) {
    EXPECT_EQ(shown(text("12.5"), Kind::Decimal, Kind::Integer), "\"12.5\"");
    EXPECT_EQ(shown(real(2.5), Kind::Real, Kind::Integer), "2.5");
    EXPECT_EQ(shown(text("many"), Kind::Text, Kind::Integer), "\"many\"");
    EXPECT_EQ(shown(text("perhaps"), Kind::Text, Kind::Boolean), "\"perhaps\"");
    EXPECT_EQ(shown(text("not json"), Kind::Text, Kind::Json), "\"not json\"");
}

TEST(RoutineResults, WritesRecordsOfEachResult) {
    const CallOptions options;
    RoutineResults results(RoutineResults::Rows::Records, options, 1000);
    results.start_result({{"a", Kind::Integer}, {"a", Kind::Text}, {"a_2", Kind::Text}});
    add_row(results, {number(1), text("x"), text("y")});
    add_row(results, {number(2), text("z"), Cell{}});
    results.start_result({{"b", Kind::Integer}});
    const auto all = results.take();
    ASSERT_EQ(all.size(), 2);
    EXPECT_EQ(all[0].rows, R"({"a":1,"a_2":"x","a_2_2":"y"},{"a":2,"a_2":"z","a_2_2":null})");
    EXPECT_EQ(all[0].count, 2);
    EXPECT_EQ(all[1].rows, "");
}

TEST(RoutineResults, WritesBareValues) {
    const CallOptions options;
    RoutineResults results(RoutineResults::Rows::Values, options, 1000);
    results.start_result({{"n", Kind::Integer}});
    add_row(results, {number(1)});
    add_row(results, {Cell{}});
    EXPECT_EQ(results.take()[0].rows, "1,null");
}

TEST(RoutineResults, StopsAtTheBytesThatAllShare) {
    const CallOptions options;
    RoutineResults results(RoutineResults::Rows::Records, options, 40);
    results.start_result({{"a", Kind::Text}});
    add_row(results, {text("0123456789")});
    EXPECT_FALSE(results.is_full());
    results.start_result({{"a", Kind::Text}});
    add_row(results, {text("0123456789012345")});
    EXPECT_TRUE(results.is_full());
    EXPECT_FALSE(results.has_too_many());
    results.start_result({{"a", Kind::Text}});
    add_row(results, {text("x")});
    EXPECT_TRUE(results.take().empty());
}

TEST(RoutineResults, CountsResults) {
    const CallOptions options;
    RoutineResults results(RoutineResults::Rows::Records, options, 1'000'000);
    for (std::size_t i = 0; i < kMaxResults; ++i) {
        results.start_result({{"a", Kind::Text}});
    }
    EXPECT_FALSE(results.is_full());
    results.start_result({{"a", Kind::Text}});
    EXPECT_TRUE(results.is_full());
    EXPECT_TRUE(results.has_too_many());
    results.reset();
    EXPECT_FALSE(results.is_full());
}

Routine procedure(std::initializer_list<const char*> gives) {
    Routine routine;
    for (const char* name : gives) {
        RoutineParameter parameter;
        parameter.column.name = name;
        parameter.mode = RoutineParameter::Mode::Out;
        routine.parameters.push_back(parameter);
    }
    return routine;
}

std::string answer(const Routine& routine,
                   std::vector<RoutineResult> results,
                   const CallOptions& options = {},
                   RoutineForm form = RoutineForm::Procedure) {
    return answer_of(routine, form, options, std::move(results));
}

TEST(RoutineAnswer, OfAProcedure) {
    const RoutineResult one{"{\"a\":1}", 1, "1"};
    EXPECT_EQ(answer(procedure({}), {}), "[]");
    EXPECT_EQ(answer(procedure({}), {one}), R"([{"a":1}])");
    EXPECT_EQ(answer(procedure({}), {one, {}}), R"([[{"a":1}],[]])");
    EXPECT_EQ(answer(procedure({"o"}), {{"{\"o\":2}", 1, {}}}), R"({"o":2})");
    EXPECT_EQ(answer(procedure({"o"}), {one, {"{\"o\":2}", 1, {}}}),
              R"({"resource":[{"a":1}],"o":2})");
    CallOptions options;
    options.wrapper = "w\"";
    EXPECT_EQ(answer(procedure({}), {one}, options), R"({"w\"":[{"a":1}]})");
    EXPECT_EQ(answer(procedure({"o"}), {{"{\"o\":2}", 1, {}}}, options), R"({"w\"":[],"o":2})");
    options.wrapper.reset();
    options.returns = Kind::Integer;
    EXPECT_EQ(answer(procedure({}), {one}, options), "1");
    EXPECT_EQ(answer(procedure({}), {}, options), "null");
    EXPECT_EQ(answer(procedure({"o"}), {one, {"{\"o\":2}", 1, {}}}, options),
              R"({"resource":1,"o":2})");
}

TEST(RoutineAnswer, OfAFunction) {
    Routine function;
    function.is_function = true;
    EXPECT_EQ(answer(function, {{"{}", 1, {}}}, {}, RoutineForm::Function), "null");
    EXPECT_EQ(answer(function, {{"{}", 1, {}}}, {}, RoutineForm::Procedure), "[]");
    function.gives = Routine::Gives::Value;
    EXPECT_EQ(rows_of(function), RoutineResults::Rows::Values);
    EXPECT_EQ(answer(function, {{"5", 1, {}}}, {}, RoutineForm::Function), "5");
    EXPECT_EQ(answer(function, {{"", 0, {}}}, {}, RoutineForm::Function), "null");
    function.gives_many = true;
    EXPECT_EQ(answer(function, {{"5,6", 2, {}}}, {}, RoutineForm::Function), "[5,6]");
    function.gives = Routine::Gives::Record;
    EXPECT_EQ(rows_of(function), RoutineResults::Rows::Records);
    EXPECT_EQ(answer(function, {{"{\"a\":1}", 1, {}}}, {}, RoutineForm::Function), R"([{"a":1}])");
    function.gives_many = false;
    EXPECT_EQ(answer(function, {{"{\"a\":1}", 1, {}}}, {}, RoutineForm::Function), R"({"a":1})");
}

TEST(RoutineAnswer, RefusesTwoMembersOfOneName) {
    CallOptions options;
    EXPECT_TRUE(check_wrapper(procedure({"o"}), options));
    EXPECT_FALSE(check_wrapper(procedure({"o", "resource"}), options));
    options.wrapper = "o";
    EXPECT_FALSE(check_wrapper(procedure({"o", "resource"}), options));
    options.wrapper = "w";
    EXPECT_TRUE(check_wrapper(procedure({"o", "resource"}), options));
}

}  // namespace
}  // namespace sluice::services::sql
