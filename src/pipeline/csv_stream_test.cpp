#include "pipeline/csv_stream.h"

#include <gtest/gtest.h>

#include "pipeline/stream_pieces.h"

namespace sluice::pipeline {
namespace {

using testing::Taken;

Taken csv_of(std::string content, std::vector<std::string> pieces) {
    return testing::taken_of(std::move(content), std::move(pieces), [](Response& response) {
        return static_cast<bool>(stream_csv(response));
    });
}

constexpr const char* kStart = R"({"resource":[{"id":1,"name":"one"},{"id":2,"name":"two"})";
constexpr const char* kRows = "id,name\n1,one\n2,two\n";

TEST(CsvStream, HasOneHeader) {
    const Taken taken =
        csv_of(kStart, {R"(,{"id":3,"name":"],}"})", R"(,{"id":4,"name":null})", "]}"});
    EXPECT_EQ(taken.text, std::string(kRows) + "3,\"],}\"\n4,\n");
    EXPECT_FALSE(taken.has_failed);
}

TEST(CsvStream, TheLastRecordsMayComeWithTheEnd) {
    const Taken taken =
        csv_of(kStart, {R"(,{"id":3,"name":"x"}],"meta":{"schema":[{"id":9}],"count":3}})"});
    EXPECT_EQ(taken.text, std::string(kRows) + "3,x\n");
}

TEST(CsvStream, AFaultIsPassedOn) {
    const Taken taken = csv_of(kStart, {"fails"});
    EXPECT_EQ(taken.text, kRows);
    EXPECT_TRUE(taken.has_failed);
}

TEST(CsvStream, ARecordWithOtherFieldsIsAFault) {
    EXPECT_TRUE(csv_of(kStart, {R"(,{"id":3,"other":"x"}])"}).has_failed);
}

}  // namespace
}  // namespace sluice::pipeline
