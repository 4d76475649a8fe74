#include "http/override.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

Request posted() {
    Request request;
    request.verb = Verb::Post;
    return request;
}

Verb overridden(Request request) {
    EXPECT_TRUE(override_method(8, request));
    return request.verb;
}

TEST(Override, EveryHeaderWorks) {
    for (const auto* header : {"x-http-method", "x-method-override", "x-http-method-override"}) {
        Request request = posted();
        request.headers.set(header, "DELETE");
        EXPECT_EQ(overridden(request), Verb::Delete) << header;
    }
}

TEST(Override, MergeIsPatchAndCaseDoesNotMatter) {
    Request request = posted();
    request.headers.set("x-http-method", "merge");
    EXPECT_EQ(overridden(request), Verb::Patch);
}

TEST(Override, QueryAndFormWork) {
    Request query = posted();
    query.parameters.set("method", "GET");
    EXPECT_EQ(overridden(query), Verb::Get);
    Request form = posted();
    form.content_type = "application/x-www-form-urlencoded; charset=utf-8";
    form.content = "a=b&_method=PUT";
    EXPECT_EQ(overridden(form), Verb::Put);
    form.content_type = "text/plain";
    EXPECT_EQ(overridden(form), Verb::Post);
}

TEST(Override, HeaderBeatsQueryBeatsForm) {
    Request request = posted();
    request.content_type = "application/x-www-form-urlencoded";
    request.content = "_method=PUT";
    request.parameters.set("method", "PATCH");
    EXPECT_EQ(overridden(request), Verb::Patch);
    request.headers.set("x-method-override", "DELETE");
    EXPECT_EQ(overridden(request), Verb::Delete);
}

TEST(Override, UnknownNameIs405) {
    Request request = posted();
    request.headers.set("x-http-method", "BREW");
    const Status status = override_method(8, request);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind(), ErrorKind::MethodNotAllowed);
}

TEST(Override, BrokenFormIsRefusedOnlyWhenItNamesAMethod) {
    Request request = posted();
    request.content_type = "application/x-www-form-urlencoded";
    request.content = "a=%zz";
    EXPECT_EQ(overridden(request), Verb::Post);
    request.content = "a=%zz&_method=PUT";
    EXPECT_FALSE(override_method(8, request));
}

TEST(Override, MethodsOfTheWireAreUpperCase) {
    EXPECT_EQ(verb_of_method("GET"), Verb::Get);
    EXPECT_EQ(verb_of_method("HEAD"), Verb::Get);
    EXPECT_EQ(verb_of_method("MERGE"), Verb::Patch);
    EXPECT_EQ(verb_of_method("get"), std::nullopt);
    EXPECT_EQ(verb_of_method("TRACE"), std::nullopt);
}

}  // namespace
}  // namespace sluice::http
