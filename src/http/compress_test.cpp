#include "http/compress.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

std::string zipped(std::string_view text) {
    Gzip gzip;
    std::string packed;
    gzip.begin();
    gzip.add(text, true, packed);
    return packed;
}

std::string text_of(std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; text.size() < bytes; ++i) {
        text += std::to_string(i * 7919);
    }
    text.resize(bytes);
    return text;
}

TEST(Gzip, RoundTripInPieces) {
    const std::string text = text_of(300'000);
    Gzip gzip;
    std::string packed;
    gzip.begin();
    gzip.add(std::string_view(text).substr(0, 100'000), false, packed);
    gzip.add(std::string_view(text).substr(100'000), true, packed);
    EXPECT_LT(packed.size(), text.size());
    Inflater inflater(text.size());
    std::string out;
    for (std::size_t at = 0; at < packed.size(); at += 777) {
        ASSERT_TRUE(inflater.add(std::string_view(packed).substr(at, 777), out));
    }
    EXPECT_TRUE(inflater.finish());
    EXPECT_EQ(out, text);
}

TEST(Gzip, BeginForgetsWhatWasBegun) {
    Gzip gzip;
    std::string thrown_away;
    gzip.begin();
    gzip.add("half", false, thrown_away);
    std::string packed;
    gzip.begin();
    gzip.add("whole", true, packed);
    EXPECT_EQ(packed, zipped("whole"));
}

TEST(Inflater, LimitIsExact) {
    const std::string text = text_of(100'000);
    const std::string packed = zipped(text);
    std::string out;
    EXPECT_TRUE(Inflater(text.size()).add(packed, out));
    EXPECT_EQ(out.size(), text.size());
    std::string cut;
    const Status status = Inflater(text.size() - 1).add(packed, cut);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind(), ErrorKind::PayloadTooLarge);
    EXPECT_LT(cut.size(), text.size());
}

TEST(Inflater, TellsBrokenFromIncomplete) {
    Inflater broken(100);
    std::string out;
    EXPECT_FALSE(broken.add("this is no gzip", out));
    Inflater incomplete(100);
    const std::string packed = zipped("hello");
    ASSERT_TRUE(incomplete.add(std::string_view(packed).substr(0, packed.size() - 1), out));
    EXPECT_FALSE(incomplete.finish());
}

TEST(Inflater, SeveralMembersAreOneFile) {
    Inflater inflater(100);
    std::string out;
    ASSERT_TRUE(inflater.add(zipped("one ") + zipped("two"), out));
    EXPECT_TRUE(inflater.finish());
    EXPECT_EQ(out, "one two");
    EXPECT_FALSE(inflater.add("trailing rubbish", out));
}

}  // namespace
}  // namespace sluice::http
