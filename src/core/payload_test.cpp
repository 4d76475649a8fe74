#include "core/payload.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Request with_body(std::string type, std::string content) {
    Request request;
    request.content_type = std::move(type);
    request.content = std::move(content);
    return request;
}

TEST(ConvertedPayload, JsonAndNothingAreUsedAsTheyAre) {
    EXPECT_EQ(*converted_payload(with_body("application/json", R"({"a":1})")), std::nullopt);
    EXPECT_EQ(*converted_payload(with_body("application/json; charset=utf-8", "[]")), std::nullopt);
    EXPECT_EQ(*converted_payload(with_body("", "")), std::nullopt);
}

TEST(ConvertedPayload, MalformedJsonNamesTheByte) {
    const auto payload = converted_payload(with_body("application/json", R"({"a":})"));
    ASSERT_FALSE(payload);
    EXPECT_EQ(payload.error().kind(), ErrorKind::BadRequest);
    EXPECT_NE(payload.error().message().find("request body at byte 5"), std::string::npos)
        << payload.error().message();
}

TEST(ConvertedPayload, FormBecomesAMap) {
    EXPECT_EQ(*converted_payload(with_body("application/x-www-form-urlencoded", "a=1&b=x+y%21")),
              R"({"a":"1","b":"x y!"})");
}

TEST(ConvertedPayload, JsonUnderCurlsDefaultTypeIsJson) {
    EXPECT_EQ(*converted_payload(with_body("application/x-www-form-urlencoded", R"({"a":1})")),
              std::nullopt);
}

TEST(ConvertedPayload, TextBecomesAString) {
    EXPECT_EQ(*converted_payload(with_body("text/plain", "a\"b")), R"("a\"b")");
}

TEST(ConvertedPayload, UnknownTypeIsSniffedOrRefused) {
    EXPECT_EQ(*converted_payload(with_body("", " [1]")), std::nullopt);
    const auto refused = converted_payload(with_body("image/png", "\x89PNG"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "Unrecognized payload type 'image/png'.");
}

TEST(ConvertedPayload, CsvAndXmlBecomeJson) {
    for (const char* type : {"text/csv; charset=utf-8", "application/csv", "application/x-csv"}) {
        EXPECT_EQ(*converted_payload(with_body(type, "a\n1\n")), R"({"resource":[{"a":"1"}]})");
    }
    for (const char* type :
         {"application/xml", "text/XML; charset=utf-8", "application/atom+xml"}) {
        EXPECT_EQ(*converted_payload(with_body(type, "<r><a>1</a></r>")), R"({"a":"1"})");
    }
    EXPECT_FALSE(converted_payload(with_body("text/csv", "a,a\n")));
    EXPECT_FALSE(converted_payload(with_body("text/xml", "<a>")));
}

TEST(ConvertedPayload, WithoutATypeItIsJsonThenXmlThenCsv) {
    EXPECT_EQ(*converted_payload(with_body("", "{}")), std::nullopt);
    EXPECT_EQ(*converted_payload(with_body("", "\n<r><a>1</a></r>\n")), R"({"a":"1"})");
    EXPECT_EQ(*converted_payload(with_body("", "a,b\n1,2\n")),
              R"({"resource":[{"a":"1","b":"2"}]})");
    const auto refused = converted_payload(with_body("", "hello"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "Unrecognized payload type ''.");
}

Result<PayloadForm> record_form(const char* type, const char* content) {
    return record_form_of(with_body(type, content));
}

TEST(RecordFormOf, TakesJsonCsvXmlAndForms) {
    EXPECT_EQ(*record_form("application/json", "x"), PayloadForm::Json);
    EXPECT_EQ(*record_form("application/vnd.api+json", "x"), PayloadForm::Json);
    EXPECT_EQ(*record_form("text/plain", "[1]"), PayloadForm::Json);
    EXPECT_EQ(*record_form("text/csv", "[1]"), PayloadForm::Csv);
    EXPECT_EQ(*record_form("text/xml", "[1]"), PayloadForm::Xml);
    EXPECT_EQ(*record_form("application/x-www-form-urlencoded", "a=1"), PayloadForm::Form);
    EXPECT_EQ(*record_form("application/x-www-form-urlencoded", "[1]"), PayloadForm::Json);
    EXPECT_EQ(*record_form("text/csv", ""), PayloadForm::Empty);
    EXPECT_EQ(*record_form("", "a,b\n1,2"), PayloadForm::Csv);
}

TEST(RecordFormOf, NamesWhatItDoesNotTake) {
    for (const char* type : {"text/plain", "image/png"}) {
        EXPECT_EQ(record_form(type, "a,b\n1,2").error().status(), 415) << type;
    }
    EXPECT_EQ(record_form("multipart/form-data; boundary=x", "{}").error().status(), 415);
    EXPECT_EQ(record_form("", "hello").error().message(), "Unrecognized payload type ''.");
}

TEST(ParseQuery, LastOfRepeatedNamesWins) {
    EXPECT_EQ(parse_query("a=1&a=2")->get_or("a", ""), "2");
}

TEST(ParseQuery, NameWithoutValueIsEmpty) {
    const auto parameters = parse_query("&count_only&x=");
    ASSERT_TRUE(parameters);
    EXPECT_EQ(parameters->size(), 2U);
    EXPECT_TRUE(parameters->contains("count_only"));
}

std::optional<std::string> decoded(std::string_view text, Plus plus) {
    std::string out = "from before";
    return percent_decode(text, plus, "query", out) ? std::optional(out) : std::nullopt;
}

TEST(PercentDecode, RefusesBrokenAndHostileText) {
    for (const char* text : {"%", "%1", "%zz", "%00", "%ff", "a%c3"}) {
        EXPECT_FALSE(decoded(text, Plus::IsBlank)) << text;
    }
    EXPECT_EQ(decoded("a%2Fb+c", Plus::Stays), "a/b+c");
    EXPECT_EQ(decoded("%C3%A9", Plus::IsBlank), "é");
}

Status type_status(const char* type, const char* content) {
    Request request;
    request.content_type = type;
    request.content = content;
    return check_json_type(request);
}

TEST(CheckJsonType, TakesJsonAndWhatLooksLikeIt) {
    for (const char* type : {"application/json; charset=utf-8", "application/vnd.api+json", "",
                             "text/plain", "application/x-www-form-urlencoded"}) {
        EXPECT_TRUE(type_status(type, " [1]")) << type;
    }
    EXPECT_TRUE(type_status("application/xml", ""));
}

TEST(CheckJsonType, NamesWhatItDoesNotTake) {
    for (const char* type : {"application/xml", "text/csv", "multipart/form-data; boundary=x"}) {
        const Status status = type_status(type, "{}");
        ASSERT_FALSE(status) << type;
        EXPECT_EQ(status.error().status(), 415);
    }
    const Status form = type_status("application/x-www-form-urlencoded", "name=x");
    ASSERT_FALSE(form);
    EXPECT_EQ(form.error().message(),
              "A body of type 'application/x-www-form-urlencoded' is not accepted here; send JSON "
              "(application/json).");
}

TEST(DropByteOrderMark, TakesItFromJsonOnly) {
    Request request;
    request.content = "\xEF\xBB\xBF{}";
    drop_byte_order_mark(request);
    EXPECT_EQ(request.content, "{}");
    request.content = "\xEF\xBB\xBFtext";
    drop_byte_order_mark(request);
    EXPECT_EQ(request.content.size(), 7U);
}

}  // namespace
}  // namespace sluice
