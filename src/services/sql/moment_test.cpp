#include "services/sql/moment.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

TEST(MomentOf, KnowsWhatIsOne) {
    for (const char* text : {"2026-11-21", "2024-02-29", "2026-11-21 08:50", "2026-11-21T08:50:20Z",
                             "2026-11-21 08:50:20.123456+01:00", "2026-11-21 08:50:20 -0130",
                             "0001-01-01", "2026-11-21t08:50:20+05"}) {
        EXPECT_EQ(moment_of(Kind::DateTime, text), Moment::Valid) << text;
    }
    for (const char* text :
         {"2026-02-30", "2023-02-29", "2026-13-01", "2026-00-01", "0000-01-01", "2026-11-21 25:00",
          "2026-11-21 08:60", "2026-02-30 08:00:00", "2026-11-21 08:50:20+99:00"}) {
        EXPECT_EQ(moment_of(Kind::DateTime, text), Moment::Impossible) << text;
    }
    for (const char* text : {"", "soon", "21.11.2026", "2026-11-21x", "2026-11-21 ", "2026-11-21 8",
                             "2026-11", "20261121", "2026-11-21 08:50:", "2026-11-21 08:50:20.",
                             "2026-11-21 24:00:00", "2026-11-21 08:50 CET", "08:50"}) {
        EXPECT_EQ(moment_of(Kind::DateTime, text), Moment::Other) << text;
    }
    EXPECT_EQ(moment_of(Kind::Time, "08:50"), Moment::Valid);
    EXPECT_EQ(moment_of(Kind::Time, "08:50:20.5+01:00"), Moment::Valid);
    EXPECT_EQ(moment_of(Kind::Time, "25:50"), Moment::Impossible);
    EXPECT_EQ(moment_of(Kind::Time, "2026-11-21"), Moment::Other);
}

std::string normal(std::string_view text) {
    return normal_moment(Kind::DateTime, text);
}

TEST(NormalMoment, IsOneSpellingForEachMoment) {
    EXPECT_EQ(normal("2026-11-21T08:50:20Z"), "2026-11-21 08:50:20");
    EXPECT_EQ(normal("2026-11-21 08:50"), "2026-11-21 08:50:00");
    EXPECT_EQ(normal("2026-11-21"), "2026-11-21 00:00:00");
    EXPECT_EQ(normal("2026-11-21 08:50:20.500"), "2026-11-21 08:50:20.5");
    EXPECT_EQ(normal("2026-11-21 08:50:20.000"), "2026-11-21 08:50:20");
    EXPECT_EQ(normal("0001-01-01 00:00:00"), "0001-01-01 00:00:00");
}

TEST(NormalMoment, IsThatOfUtcWhereAnOffsetIsGiven) {
    EXPECT_EQ(normal("2026-11-21T10:00:00+02:00"), "2026-11-21 08:00:00");
    EXPECT_EQ(normal("2026-01-01 00:30:00 +01"), "2025-12-31 23:30:00");
    EXPECT_EQ(normal("2024-02-28 23:30:00-0130"), "2024-02-29 01:00:00");
}

TEST(NormalMoment, HasTheParts) {
    EXPECT_EQ(normal_moment(Kind::Date, "2026-11-21"), "2026-11-21");
    EXPECT_EQ(normal_moment(Kind::Time, "08:50"), "08:50:00");
    EXPECT_EQ(normal_moment(Kind::Time, "08:50:20.5+01:00"), "08:50:20.5");
}

TEST(HasOffset, OfMomentsAlone) {
    for (const char* text : {"2026-11-21T08:50:20.5Z", "2026-11-21 08:50 +01:00",
                             "2026-11-21 08:50-0130", "2026-11-21 08:50:20+00"}) {
        EXPECT_TRUE(has_offset(text)) << text;
    }
    for (const char* text :
         {"2026-11-21 08:50:20", "2026-11-21", "2026-02-30T00:00:00Z", "x", "", "08:50Z"}) {
        EXPECT_FALSE(has_offset(text)) << text;
    }
}

TEST(IsDuration, AlsoOfDaysAndBackwards) {
    for (const char* text : {"-30:10:00.5", "838:59:59", "08:50", "0:00:00"}) {
        EXPECT_TRUE(is_duration(text)) << text;
    }
    for (const char* text : {"8385:00:00", "-1", "10:60", "10:00:61", "10:00x", ":10", "--1:00",
                             "10:00:", "10:00:01.", "", "08:50Z"}) {
        EXPECT_FALSE(is_duration(text)) << text;
    }
}

TEST(NormalMoment, LeavesWhatItCannotRead) {
    EXPECT_EQ(normal("soon"), "soon");
    EXPECT_EQ(normal("2026-02-30"), "2026-02-30");
}

}  // namespace
}  // namespace sluice::services::sql
