#include "services/system/record_filter.h"

#include <array>

#include <gtest/gtest.h>

namespace sluice::services::system {
namespace {

constexpr std::array<std::string_view, 5> kFields{"id", "name", "is_active", "note", "rank"};

const json::object kRecord{
    {"id", 12}, {"name", "It's a = b"}, {"is_active", true}, {"note", nullptr}, {"rank", 2.5}};

bool matches(std::string_view filter) {
    const auto parsed = RecordFilter::parse(filter, kFields);
    EXPECT_TRUE(parsed) << filter;
    return parsed && parsed->matches(kRecord);
}

TEST(RecordFilter, ComparesNumbersAsNumbers) {
    EXPECT_TRUE(matches("id = 12"));
    EXPECT_TRUE(matches("id=12"));
    EXPECT_TRUE(matches("id > 9"));
    EXPECT_TRUE(matches("id >= 12"));
    EXPECT_FALSE(matches("id < 12"));
    EXPECT_TRUE(matches("id <= 12"));
    EXPECT_TRUE(matches("id != 13"));
    EXPECT_TRUE(matches("id <> '13'"));
    EXPECT_TRUE(matches("rank gt 2 and rank lt 3"));
}

TEST(RecordFilter, QuotedTextsAreOpaque) {
    EXPECT_TRUE(matches("name = 'It''s a = b'"));
    EXPECT_TRUE(matches("name = \"It's a = b\""));
    EXPECT_TRUE(matches("name like '%= B'"));
    EXPECT_FALSE(matches("name = 'x) or (id = 12'"));
}

TEST(RecordFilter, MatchesPartsOfTexts) {
    EXPECT_TRUE(matches("name like 'it%'"));
    EXPECT_TRUE(matches("name like '%_ b'"));
    EXPECT_FALSE(matches("name like 'it'"));
    EXPECT_TRUE(matches("name contains 's a'"));
    EXPECT_TRUE(matches("name starts with 'It'"));
    EXPECT_TRUE(matches("name ends with 'b'"));
    EXPECT_FALSE(matches("name not like 'it%'"));
}

TEST(RecordFilter, ReadsLists) {
    EXPECT_TRUE(matches("id in (1, 12)"));
    EXPECT_TRUE(matches("name in ('a,b', 'It''s a = b')"));
    EXPECT_TRUE(matches("id not in (1,2)"));
}

TEST(RecordFilter, KnowsNullAndFlags) {
    EXPECT_TRUE(matches("note is null"));
    EXPECT_FALSE(matches("note is not null"));
    EXPECT_TRUE(matches("is_active = true"));
    EXPECT_TRUE(matches("is_active = 1"));
    EXPECT_FALSE(matches("is_active = false"));
    EXPECT_FALSE(matches("note = ''"));
}

TEST(RecordFilter, KnowsWhatTheFiltersOfTablesKnow) {
    EXPECT_TRUE(matches("id between 10 and 12"));
    EXPECT_TRUE(matches("note = null"));
    EXPECT_FALSE(matches("note != null"));
    EXPECT_TRUE(matches("(id = 1) xor (id = 12)"));
    EXPECT_FALSE(matches("(id = 1) nor (id = 12)"));
    EXPECT_FALSE(matches("name contains '%'"));
}

TEST(RecordFilter, ComparesNothingWithNull) {
    EXPECT_FALSE(matches("note != 'x'"));
    EXPECT_FALSE(matches("not (note = 'x')"));
    EXPECT_TRUE(matches("note = 'x' or id = 12"));
    EXPECT_FALSE(matches("(note = 'x') xor (id = 12)"));
}

TEST(RecordFilter, TakesParametersByName) {
    const auto filter = [](const json::object& params) {
        return RecordFilter::parse("id = :number and name like :text", kFields, params);
    };
    EXPECT_TRUE(filter({{":number", 12}, {"text", "it%"}})->matches(kRecord));
    EXPECT_FALSE(filter({{":number", 13}, {"text", "it%"}})->matches(kRecord));
    ASSERT_FALSE(filter({{":number", 12}}));
    EXPECT_EQ(filter({{":number", 12}}).error().message(),
              "The filter names the parameter ':text', which 'params' does not give.");
}

TEST(RecordFilter, AndBindsCloserThanOr) {
    EXPECT_TRUE(matches("id = 12 or id = 1 and id = 2"));
    EXPECT_FALSE(matches("(id = 12 or id = 1) and id = 2"));
    EXPECT_TRUE(matches("(id = 12) AND (is_active = true)"));
    EXPECT_TRUE(matches("not (id = 1) && id = 12 || id = 3"));
}

TEST(RecordFilter, UnreadableIsABadRequest) {
    for (const char* filter :
         {"", "id", "id =", "= 1", "id = 1 and", "(id = 1", "id = 1)", "id in 1", "id in (1",
          "id is", "nothing = 1", "id = 'open", "id ~ 1", "'id' '='", "id between 1"}) {
        const auto parsed = RecordFilter::parse(filter, kFields);
        ASSERT_FALSE(parsed) << filter;
        EXPECT_EQ(parsed.error().kind(), ErrorKind::BadRequest);
    }
}

TEST(RecordFilter, DeepNestingIsRefused) {
    EXPECT_FALSE(RecordFilter::parse(std::string(100'000, '(') + "id = 1", kFields));
    std::string nots;
    for (int i = 0; i < 100'000; ++i) {
        nots.append("not ");
    }
    EXPECT_FALSE(RecordFilter::parse(nots + "id = 1", kFields));
}

TEST(RecordFilter, HostilePatternsEndSoon) {
    const json::object record{{"name", std::string(10'000, 'a')}};
    std::string pattern;
    for (int i = 0; i < 50; ++i) {
        pattern.append("%a");
    }
    const auto filter = RecordFilter::parse("name like '" + pattern + "%b'", kFields);
    EXPECT_FALSE(filter->matches(record));
}

}  // namespace
}  // namespace sluice::services::system
