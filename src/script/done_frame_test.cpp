#include "script/done_frame.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

Script make_script() {
    Script script;
    script.name = "s";
    script.engine = "php";
    return script;
}

const Script kScript = make_script();
const Limits kLimits = LimitSettings{}.request;

Frame frame_of(std::string_view head, std::vector<PartView> parts = {}) {
    return {FrameType::Done, parse_json(head)->get_object(), std::move(parts)};
}

TEST(ReadDone, NothingSaidIsNothingChanged) {
    const auto done = read_done(frame_of(R"({"run":1})"), kScript, kLimits);
    ASSERT_TRUE(done);
    EXPECT_FALSE(done->outcome.raised);
    EXPECT_FALSE(done->outcome.request.any());
    EXPECT_FALSE(done->outcome.response.any());
    EXPECT_FALSE(done->outcome.returned);
}

TEST(ReadDone, ReadsEveryEdit) {
    const auto done = read_done(
        frame_of(R"({"request":{"method":"PUT"},"response":{"status_code":404,"content_type":"x/y"},
                     "stop":true,"falsy":true,"retire":"grew","us":1234})",
                 {{"request.parameters", Content::Form::Json, R"({"a":"1","b":2,"c":[3]})"},
                  {"request.payload", Content::Form::Json, R"({"n":9007199254740993})"},
                  {"response.content", Content::Form::Text, "gone"},
                  {"return", Content::Form::Json, "0"}}),
        kScript, kLimits);
    ASSERT_TRUE(done);
    const Outcome& outcome = done->outcome;
    EXPECT_EQ(outcome.request.method, "PUT");
    EXPECT_EQ(outcome.request.parameters->get_or("b", ""), "2");
    EXPECT_EQ(outcome.request.parameters->get_or("c", ""), "[3]");
    EXPECT_EQ(outcome.request.payload, R"({"n":9007199254740993})");
    EXPECT_EQ(outcome.response.status, 404);
    EXPECT_EQ(outcome.response.content_type, "x/y");
    EXPECT_EQ(outcome.response.content->form, Content::Form::Text);
    EXPECT_EQ(outcome.returned->text, "0");
    EXPECT_TRUE(outcome.stops_propagation);
    EXPECT_TRUE(outcome.returned_falsy);
    EXPECT_EQ(done->retire, "grew");
    EXPECT_EQ(done->took, std::chrono::microseconds(1234));
}

TEST(ReadDone, StatusOutsideHttpFailsTheRun) {
    for (const char* head :
         {R"({"response":{"status_code":9}})", R"({"response":{"status_code":999}})",
          R"({"response":{"status_code":"x"}})", R"({"response":{"status_code":null}})"}) {
        const auto done = read_done(frame_of(head), kScript, kLimits);
        ASSERT_TRUE(done) << head;
        EXPECT_FALSE(done->outcome.response.status) << head;
        ASSERT_TRUE(done->outcome.raised) << head;
        EXPECT_EQ(done->outcome.raised->message(),
                  "event.response.status_code must be a number from 200 to 599");
    }
}

TEST(ReadDone, StatusMayBeANumeral) {
    const auto done =
        read_done(frame_of(R"({"response":{"status_code":"418"}})"), kScript, kLimits);
    EXPECT_EQ(done->outcome.response.status, 418);
}

TEST(ReadDone, ThrownStatusOutsideHttpBecomes500) {
    const auto done =
        read_done(frame_of(R"({"error":{"message":"m","status_code":9}})"), kScript, kLimits);
    EXPECT_EQ(done->outcome.raised->status(), 500);
}

struct ThrownCase {
    std::string_view error;
    std::string_view body;
};

TEST(ReadDone, ThrownThingsGetTheirDocumentedBodies) {
    const std::vector<ThrownCase> cases{
        {R"({"message":"Only GET"})",
         R"({"error":{"code":500,"context":null,"message":"Only GET","status_code":500}})"},
        {R"({"class":"BadRequestException","message":"Missing filter","code":123456})",
         R"({"error":{"code":123456,"context":null,"message":"Missing filter","status_code":400}})"},
        {R"({"class":"RestException","message":"Sorry Mate","status_code":418})",
         R"({"error":{"code":418,"context":null,"message":"Sorry Mate","status_code":418}})"},
        {R"({"class":"BatchException","message":"Some","status_code":400,"context":{"error":[0]}})",
         R"({"error":{"code":1000,"context":{"error":[0]},"message":"Some","status_code":400}})"},
        {R"({"class":"DFException","message":"m","code":400,"bare":true})",
         R"({"error":{"code":400,"context":null,"message":"m"}})"},
        {R"({"class":"TypeError","message":"x is not a function","line":3})",
         R"({"error":{"code":500,"context":null,"message":"x is not a function","status_code":500}})"},
    };
    for (const ThrownCase& thrown : cases) {
        const auto done =
            read_done(frame_of(R"({"error":)" + std::string(thrown.error) + "}"), kScript, kLimits);
        ASSERT_TRUE(done && done->outcome.raised);
        EXPECT_EQ(done->outcome.raised->to_json(), thrown.body);
    }
}

TEST(ReadDone, LimitsAreTheServersWord) {
    const auto wall =
        read_done(frame_of(R"({"error":{"message":"too long","limit":"wall"}})"), kScript, kLimits);
    EXPECT_EQ(wall->outcome.raised->kind(), ErrorKind::ScriptTimeout);
    EXPECT_EQ(wall->outcome.raised->status(), 504);
    EXPECT_EQ(wall->outcome.raised->message(),
              "The script 's' ran longer than its limit of 10000 ms.");
    const auto memory = read_done(frame_of(R"({"error":{"message":"too much","limit":"memory"}})"),
                                  kScript, kLimits);
    EXPECT_EQ(memory->outcome.raised->status(), 500);
    EXPECT_EQ(memory->outcome.raised->context(), R"({"reason":"script_limit_memory"})");
}

TEST(ReadDone, KeepsThePositionForTheLogOnly) {
    const auto done =
        read_done(frame_of(R"({"error":{"message":"m","line":3,"column":5,"stack":"at x"}})"),
                  kScript, kLimits);
    EXPECT_NE(done->outcome.raised->detail().find("line 3, column 5\nat x"), std::string::npos);
    EXPECT_EQ(done->outcome.raised->message(), "m");
}

TEST(DoneFrame, DetailNamesScriptEngineClassAndLimit) {
    const auto detail = [](const std::string& error) {
        return read_done(frame_of(R"({"error":)" + error + "}"), kScript, kLimits)
            ->outcome.raised->detail();
    };
    EXPECT_EQ(detail(R"({"message":"m","class":"TypeError","line":2})"),
              "script 's' (php) threw TypeError at line 2");
    EXPECT_EQ(detail(R"({"message":"m"})"), "script 's' (php) threw a value that is no exception");
    EXPECT_EQ(detail(R"({"message":"m","limit":"output","line":4})"),
              "script 's' (php) passed its limit of output at line 4");
}

TEST(ReadDone, ErrorOfAnotherTypeBreaksTheProtocol) {
    EXPECT_FALSE(read_done(frame_of(R"({"error":"text"})"), kScript, kLimits));
}

TEST(ReadCall, ReadsMapsOfTextAndPayload) {
    const ApiCall call = read_call(frame_of(
        R"({"run":1,"call":2,"method":"POST","path":"db/_table/x","parameters":{"limit":5},
            "headers":{"X-A":"b"}})",
        {{"payload", Content::Form::Json, "{}"}}));
    EXPECT_EQ(call.number, 2);
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.parameters.get_or("limit", ""), "5");
    EXPECT_EQ(call.headers.get_or("x-a", ""), "b");
    EXPECT_EQ(call.payload->text, "{}");
}

}  // namespace
}  // namespace sluice::script
