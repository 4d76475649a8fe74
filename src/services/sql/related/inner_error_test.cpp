#include "services/sql/related/inner_error.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

Response answer(int status, std::string content) {
    return Response::json(std::move(content), status);
}

TEST(InnerError, IsThatOfTheAnswer) {
    const Error error = error_in(
        answer(409, R"({"error":{"code":7,"context":{"a":1},"message":"No.","status_code":409}})"),
        "else");
    EXPECT_EQ(error.status(), 409);
    EXPECT_EQ(error.code(), 7);
    EXPECT_EQ(error.context(), R"({"a":1})");
    EXPECT_EQ(error.message(), "No.");
}

TEST(InnerError, HasATextWhereTheAnswerHasNone) {
    for (const char* content : {"", "[]", "no json", R"({"error":"odd"})", R"({"error":{}})"}) {
        const Error error = error_in(answer(418, content), "It could not be read.");
        EXPECT_EQ(error.status(), 418) << content;
        EXPECT_EQ(error.code(), 418) << content;
        EXPECT_EQ(error.message(), "It could not be read.") << content;
    }
}

TEST(InnerError, OfOneRecordIsNotTheBatch) {
    const std::string batch =
        R"({"error":{"code":1000,"message":"Batch Error","status_code":400,"context":{"error":[0],)"
        R"("resource":[{"code":409,"context":null,"message":"Taken.","status_code":409}]}}})";
    EXPECT_EQ(error_of_one(answer(400, batch), "else").message(), "Taken.");
    EXPECT_EQ(error_of_one(answer(400, batch), "else").status(), 409);
    EXPECT_EQ(error_in(answer(400, batch), "else").message(), "Batch Error");
}

TEST(InnerError, OfAScriptIsTakenAsItIs) {
    for (const char* context : {"null", "7", "{}", R"({"resource":[]})", R"({"resource":[1]})"}) {
        const std::string said =
            R"({"error":{"code":1000,"message":"Mine.","status_code":400,"context":)" +
            std::string(context) + "}}";
        EXPECT_EQ(error_of_one(answer(400, said), "else").message(), "Mine.") << context;
    }
}

TEST(InnerError, StatusThatIsNoneIsOurFault) {
    const std::string batch =
        R"({"error":{"code":1000,"context":{"resource":[{"message":"x","status_code":-5}]}}})";
    EXPECT_EQ(error_of_one(answer(400, batch), "else").status(), 500);
}

}  // namespace
}  // namespace sluice::services::sql
