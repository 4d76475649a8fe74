#include "core/error.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Error, BodyHasTheDocumentedShape) {
    EXPECT_EQ(
        Error(ErrorKind::BadRequest, "Missing filter").to_json(),
        R"({"error":{"code":400,"context":null,"message":"Missing filter","status_code":400}})");
}

TEST(Error, OwnCodeLeavesTheStatusAlone) {
    const Error error = Error(ErrorKind::BadRequest, "Missing filter").with_code(123456);
    EXPECT_EQ(error.code(), 123456);
    EXPECT_EQ(error.status(), 400);
}

TEST(Error, PrefixLeavesTheRestAlone) {
    const Error error =
        Error(ErrorKind::NotFound, "Gone.").with_code(7).with_prefix("The record is kept:");
    EXPECT_EQ(error.message(), "The record is kept: Gone.");
    EXPECT_EQ(error.code(), 7);
    EXPECT_EQ(error.status(), 404);
}

TEST(Error, OwnStatusIsAlsoTheCode) {
    const Error error = Error(ErrorKind::Internal, "Sorry Mate").with_status(418);
    EXPECT_EQ(error.to_json(),
              R"({"error":{"code":418,"context":null,"message":"Sorry Mate","status_code":418}})");
}

TEST(Error, ImpossibleStatusBecomes500) {
    EXPECT_EQ(Error(ErrorKind::BadRequest, "x").with_status(42).status(), 500);
    EXPECT_EQ(Error(ErrorKind::BadRequest, "x").with_status(600).status(), 500);
}

TEST(Error, BatchHasCode1000) {
    EXPECT_EQ(Error(ErrorKind::Batch, "x").code(), 1000);
    EXPECT_EQ(Error(ErrorKind::Batch, "x").status(), 400);
}

TEST(Error, EveryScriptNameLeadsToItsKind) {
    for (int i = 0; i < static_cast<int>(ErrorKind::kCount); ++i) {
        const ErrorFacts& facts = facts_of(static_cast<ErrorKind>(i));
        if (!facts.script_name.empty()) {
            EXPECT_EQ(kind_of_script_name(facts.script_name), facts.kind);
        }
    }
    EXPECT_EQ(kind_of_script_name("InvalidJsonException"), ErrorKind::BadRequest);
    EXPECT_EQ(kind_of_script_name("TypeError"), std::nullopt);
    EXPECT_EQ(kind_of_script_name(""), std::nullopt);
}

}  // namespace
}  // namespace sluice
