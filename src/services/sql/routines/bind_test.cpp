#include "services/sql/routines/bind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;
using Mode = RoutineParameter::Mode;

RoutineParameter parameter(std::string name,
                           Kind kind,
                           Mode mode = Mode::In,
                           bool optional = false) {
    RoutineParameter made;
    made.column.name = std::move(name);
    made.column.kind = kind;
    made.column.db_type = kind == Kind::Integer ? "integer" : "text";
    made.column.noun = "Parameter";
    made.mode = mode;
    made.has_default = optional;
    return made;
}

RoutineRef routine(std::vector<RoutineParameter> parameters) {
    auto made = std::make_shared<Routine>();
    made->name = "f";
    made->parameters = std::move(parameters);
    return made;
}

Input text(std::string value) {
    return {Input::Form::Text, std::move(value)};
}

/// The arguments joined by commas, or the message.
std::string bound(const std::vector<RoutineRef>& candidates, const GivenValues& given) {
    const auto call = bind_call(candidates, given, OtherDates::Judged);
    if (!call) {
        return call.error().message();
    }
    std::string out = call->routine->signature() + " ";
    for (const auto& argument : call->arguments) {
        out += (argument ? is_null(*argument) ? "null" : text_of(*argument) : "-") + ",";
    }
    return out;
}

const RoutineRef kSum =
    routine({parameter("a", Kind::Integer), parameter("b", Kind::Integer, Mode::In, true)});

TEST(BindCall, AssignsInOrderAndByName) {
    EXPECT_EQ(bound({kSum}, {{text("1"), text("2")}, {}}), "f(a integer, b integer) 1,2,");
    EXPECT_EQ(bound({kSum}, {{text("1")}, {}}), "f(a integer, b integer) 1,-,");
    EXPECT_EQ(bound({kSum}, {{}, {{"B", text("2")}, {"a", text("1")}}}),
              "f(a integer, b integer) 1,2,");
    EXPECT_EQ(bound({kSum}, {{text("1")}, {{"b", text("2")}}}), "f(a integer, b integer) 1,2,");
    EXPECT_EQ(bound({kSum}, {{Input{}}, {}}), "f(a integer, b integer) null,-,");
}

TEST(BindCall, NamesWhatIsWrong) {
    EXPECT_EQ(bound({kSum}, {}), "Parameter 'a' is missing.");
    EXPECT_EQ(bound({kSum}, {{}, {{"c", text("1")}}}), "'f' has no parameter 'c'.");
    EXPECT_EQ(bound({kSum}, {{text("1"), text("2"), text("3")}, {}}), "'f' takes 2 values, not 3.");
    EXPECT_EQ(bound({kSum}, {{text("1")}, {{"a", text("2")}}}), "Parameter 'a' is given twice.");
    EXPECT_EQ(bound({kSum}, {{}, {{"a", text("1")}, {"A", text("1")}}}),
              "Parameter 'a' is given twice.");
    EXPECT_EQ(bound({kSum}, {{text("x")}, {}}), "Parameter 'a' must be a valid integer.");
    EXPECT_EQ(bound({kSum}, {{}, {{"a", std::nullopt}}}), "Parameter 'a' is missing.");
    EXPECT_EQ(bound({kSum}, {{}, {{"", text("1")}}}), "'f' has no parameter ''.");
}

TEST(BindCall, LeavesOutWhatOnlyGives) {
    const RoutineRef gives =
        routine({parameter("o", Kind::Integer, Mode::Out), parameter("a", Kind::Integer),
                 parameter("io", Kind::Integer, Mode::InOut)});
    EXPECT_EQ(bound({gives}, {{text("1"), text("2")}, {}}), "f(a integer, io integer) -,1,2,");
    EXPECT_EQ(bound({gives}, {{Input{}, text("1"), text("2")}, {}}),
              "f(a integer, io integer) -,1,2,");
    EXPECT_EQ(bound({gives}, {{text("9"), text("1"), text("2")}, {}}),
              "Parameter 'o' takes no value, it gives one.");
    EXPECT_EQ(bound({gives}, {{}, {{"a", text("1")}, {"io", text("2")}, {"o", std::nullopt}}}),
              "f(a integer, io integer) -,1,2,");
    EXPECT_EQ(bound({gives}, {{}, {{"a", text("1")}, {"io", text("2")}, {"o", text("3")}}}),
              "Parameter 'o' takes no value, it gives one.");
    EXPECT_EQ(bound({gives}, {{text("1")}, {}}), "Parameter 'io' is missing.");
}

TEST(BindCall, AsksForTheNamelessInOrder) {
    const RoutineRef nameless = routine({parameter("", Kind::Integer, Mode::In, true),
                                         parameter("b", Kind::Integer, Mode::In, true)});
    EXPECT_EQ(bound({nameless}, {{text("1"), text("2")}, {}}), "f(integer, b integer) 1,2,");
    EXPECT_EQ(bound({nameless}, {{}, {{"b", text("2")}}}),
              "A parameter before Parameter 'b' is missing.");
    EXPECT_EQ(bound({routine({parameter("", Kind::Integer)})}, {{text("x")}, {}}),
              "Parameter '1' must be a valid integer.");
}

TEST(BindCall, ChoosesAmongRoutinesOfOneName) {
    const RoutineRef one = routine({parameter("a", Kind::Integer)});
    const RoutineRef other = routine({parameter("a", Kind::Text)});
    EXPECT_EQ(bound({one, kSum}, {{text("1")}, {}}), "f(a integer) 1,");
    EXPECT_EQ(bound({one, kSum}, {{text("1"), text("2")}, {}}), "f(a integer, b integer) 1,2,");
    EXPECT_EQ(bound({one, other}, {{text("1")}, {}}),
              "More than one of these takes the given values: f(a integer); f(a text).");
    EXPECT_EQ(bound({one, other}, {{}, {}}),
              "None of these takes the given values: f(a integer); f(a text).");
}

}  // namespace
}  // namespace sluice::services::sql
