#include "services/sql/read_cache.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using Clock = ReadCache::Clock;
using std::chrono::seconds;

struct Kept {
    Changes changes;
    ReadCache cache{seconds(10), changes, 10'000};
    TableRef table = std::make_shared<const Table>();
    Clock::time_point now{seconds(1000)};

    void keep(const std::string& key, const std::string& answer) {
        cache.keep(key, table, changes.count(), answer, now);
    }
    std::string find(const std::string& key) {
        const std::string* found = cache.find(key, table, now);
        return found == nullptr ? "" : *found;
    }
};

TEST(ReadCache, KeepsAnAnswerForItsTime) {
    Kept kept;
    kept.keep("a", "one");
    EXPECT_EQ(kept.find("a"), "one");
    EXPECT_EQ(kept.find("b"), "");
    kept.now += seconds(10);
    EXPECT_EQ(kept.find("a"), "");
    EXPECT_EQ(kept.cache.bytes(), 0U);
}

TEST(ReadCache, AChangeMakesEverythingStale) {
    Kept kept;
    kept.keep("a", "one");
    kept.changes.note();
    EXPECT_EQ(kept.find("a"), "");
    kept.keep("a", "two");
    EXPECT_EQ(kept.find("a"), "two");
}

TEST(ReadCache, WhatWasReadBeforeAChangeIsNotKeptAfterIt) {
    Kept kept;
    const auto stamp = kept.cache.stamp(kept.now);
    ASSERT_TRUE(stamp);
    kept.changes.note();
    kept.cache.keep("a", kept.table, *stamp, "old", kept.now);
    EXPECT_EQ(kept.find("a"), "");
}

TEST(ReadCache, NothingIsServedOrKeptInDoubt) {
    Kept kept;
    kept.keep("a", "one");
    kept.changes.doubt(kept.now);
    EXPECT_FALSE(kept.cache.stamp(kept.now));
    kept.keep("a", "read meanwhile");
    EXPECT_EQ(kept.find("a"), "");
    kept.now += Changes::kDoubt;
    EXPECT_TRUE(kept.cache.stamp(kept.now));
    EXPECT_EQ(kept.find("a"), "");
}

TEST(ReadCache, AnotherDescriptionOfTheTableIsAnotherTable) {
    Kept kept;
    kept.keep("a", "one");
    kept.table = std::make_shared<const Table>();
    EXPECT_EQ(kept.find("a"), "");
}

TEST(ReadCache, TheOneUsedLongestAgoGoesFirst) {
    Kept kept;
    const std::string answer(900, 'x');
    for (int i = 0; i < 8; ++i) {
        kept.keep(std::to_string(i), answer);
    }
    EXPECT_EQ(kept.find("0"), answer);
    kept.keep("8", answer);
    EXPECT_EQ(kept.find("1"), "");
    EXPECT_EQ(kept.find("0"), answer);
    EXPECT_LE(kept.cache.bytes(), 10'000U);
}

TEST(ReadCache, LargeAnswersAreNotKept) {
    Kept kept;
    kept.keep("a", std::string(2000, 'x'));
    EXPECT_EQ(kept.cache.size(), 0U);
    kept.keep("a", "small");
    kept.keep("a", std::string(2000, 'x'));
    EXPECT_EQ(kept.find("a"), "") << "what it stood for is gone too";
}

TEST(ReadKey, TellsValuesApartHoweverTheyAreCut) {
    const auto key = [](std::vector<Value> values) {
        return read_key('l', {"SELECT", std::move(values)});
    };
    const std::vector<std::string> keys{
        key({}),
        key({Null{}}),
        key({std::string("1")}),
        key({std::int64_t{1}}),
        key({true}),
        key({Number{"1"}}),
        key({Bytes{"1"}}),
        key({std::string("1"), std::string("2")}),
        key({std::string("12")}),
        key({std::string("1t1:2")}),
        read_key('n', {"SELECT", {}}),
        read_key('l', {"SELECT ", {}}),
    };
    for (std::size_t i = 0; i < keys.size(); ++i) {
        for (std::size_t j = i + 1; j < keys.size(); ++j) {
            EXPECT_NE(keys[i], keys[j]) << i << " " << j;
        }
    }
    EXPECT_EQ(key({std::string("1")}), key({std::string("1")}));
}

}  // namespace
}  // namespace sluice::services::sql
