#include "http/target.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

Request read(std::string_view target) {
    Request request;
    const Status status = read_target(target, 8, request);
    EXPECT_TRUE(status) << target;
    return request;
}

ErrorKind fault_of(std::string_view target) {
    Request request;
    const Status status = read_target(target, 8, request);
    return status ? ErrorKind::kCount : status.error().kind();
}

TEST(Target, SplitsPathAndQuery) {
    const Request request = read("/api/v2/db/_table/contact?ids=1,2&fields=*");
    EXPECT_EQ(request.uri, "/api/v2/db/_table/contact?ids=1,2&fields=*");
    EXPECT_EQ(request.path, "/api/v2/db/_table/contact");
    EXPECT_EQ(request.parameters, (Parameters{{"ids", "1,2"}, {"fields", "*"}}));
}

TEST(Target, UndoesPercentEncoding) {
    EXPECT_EQ(read("/caf%C3%A9/a%20b/%7e").path, "/caf\xC3\xA9/a b/~");
    EXPECT_EQ(read("/x?na%6De=%26%3d%25").parameters, (Parameters{{"name", "&=%"}}));
}

TEST(Target, PlusIsASpaceInTheQueryOnly) {
    const Request request = read("/a+b?c+d=e+f");
    EXPECT_EQ(request.path, "/a+b");
    EXPECT_EQ(request.parameters, (Parameters{{"c d", "e f"}}));
}

TEST(Target, LastOfRepeatedParametersWins) {
    EXPECT_EQ(read("/x?a=1&b=2&a=3").parameters, (Parameters{{"a", "3"}, {"b", "2"}}));
}

TEST(Target, ParameterWithoutValueIsEmpty) {
    EXPECT_EQ(read("/x?a&b=&&=c").parameters, (Parameters{{"a", ""}, {"b", ""}, {"", "c"}}));
}

TEST(Target, ValueMayHoldEqualsAndQuestionMarks) {
    EXPECT_EQ(read("/x?filter=a=b?c").parameters, (Parameters{{"filter", "a=b?c"}}));
}

TEST(Target, BrokenEscapeIsRefused) {
    for (const auto* target : {"/%", "/%4", "/%4x", "/%zz", "/x?a=%", "/x?a=%f", "/x?%=1"}) {
        EXPECT_EQ(fault_of(target), ErrorKind::BadRequest) << target;
    }
}

TEST(Target, NulIsRefused) {
    EXPECT_EQ(fault_of("/a%00b"), ErrorKind::BadRequest);
    EXPECT_EQ(fault_of("/x?a=%00"), ErrorKind::BadRequest);
}

TEST(Target, BytesThatAreNoUtf8AreRefused) {
    EXPECT_EQ(fault_of("/%ff"), ErrorKind::BadRequest);
    EXPECT_EQ(fault_of("/\xC3"), ErrorKind::BadRequest);
    EXPECT_EQ(fault_of("/x?a=%C0%80"), ErrorKind::BadRequest);  // an overlong NUL
    EXPECT_EQ(read("/\xC3\xA9").path, "/\xC3\xA9");
}

TEST(Target, AbsoluteFormGivesItsPath) {
    EXPECT_EQ(read("http://host:80/a?b=c").path, "/a");
    EXPECT_EQ(read("https://host").path, "/");
    EXPECT_EQ(read("http://host?b=c").path, "/");
    EXPECT_EQ(read("http://host?b=c").parameters, (Parameters{{"b", "c"}}));
}

TEST(Target, OtherFormsAreRefused) {
    for (const auto* target : {"", "*", "host:443", "a/b", "ftp://host/a", "://x/"}) {
        EXPECT_EQ(fault_of(target), ErrorKind::BadRequest) << target;
    }
}

TEST(Target, ParametersAreCounted) {
    EXPECT_EQ(read("/x?a&b&c&d&e&f&g&h").parameters.size(), 8U);
    EXPECT_EQ(fault_of("/x?a&b&c&d&e&f&g&h&i"), ErrorKind::BadRequest);
}

TEST(Target, DotsStayForTheServiceToJudge) {
    EXPECT_EQ(read("/a/../b/%2e%2e/c").path, "/a/../b/../c");
}

}  // namespace
}  // namespace sluice::http
