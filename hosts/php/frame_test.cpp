#include "frame.h"

#include <gtest/gtest.h>

namespace sluice::php {
namespace {

std::string framed(char type, std::string_view head, const std::vector<Part>& parts = {}) {
    std::string out;
    EXPECT_TRUE(append_frame(out, type, head, parts));
    return out;
}

TEST(Frame, ComesBackAsItWasWritten) {
    const std::string bytes = framed('R', "\"run\":7,\"stage\":\"api\"",
                                     {{"a", "json", "{}"}, {"b", "bytes", std::string(3, '\0')}});
    std::size_t size = 0;
    ASSERT_EQ(frame_size(bytes, size), FrameState::Complete);
    EXPECT_EQ(size, bytes.size());
    const auto frame = parse_frame(bytes);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->type, 'R');
    EXPECT_EQ(frame->integer("run"), 7);
    EXPECT_EQ(frame->text("stage"), "api");
    EXPECT_EQ(frame->text("none", "else"), "else");
    ASSERT_NE(frame->part("b"), nullptr);
    EXPECT_EQ(frame->part("b")->data, std::string(3, '\0'));
    EXPECT_EQ(frame->part("a")->form, "json");
    EXPECT_EQ(frame->part("c"), nullptr);
}

TEST(Frame, MayHaveAnEmptyHead) {
    const auto frame = parse_frame(framed('P', ""));
    ASSERT_TRUE(frame);
    EXPECT_TRUE(frame->parts.empty());
}

TEST(Frame, IsIncompleteUntilItsLastByte) {
    const std::string bytes = framed('P', "\"n\":1");
    std::size_t size = 0;
    for (std::size_t have = 0; have < bytes.size(); ++have) {
        EXPECT_EQ(frame_size(std::string_view(bytes).substr(0, have), size), FrameState::Incomplete)
            << have;
    }
}

TEST(Frame, OfAnImpossibleLengthIsBroken) {
    std::size_t size = 0;
    EXPECT_EQ(frame_size(std::string("\x04\0\0\0", 4), size), FrameState::Broken);
    EXPECT_EQ(frame_size("\xff\xff\xff\xff", size), FrameState::Broken);
}

TEST(Frame, RefusesLengthsThatDoNotAddUp) {
    const std::string bytes = framed('R', "\"run\":1", {{"a", "text", "four"}});
    // One byte less in the part than its list says, one more than it says, a head that is longer
    // than the frame.
    std::string shorter = bytes.substr(0, bytes.size() - 1);
    shorter[0] = static_cast<char>(shorter[0] - 1);
    EXPECT_FALSE(parse_frame(shorter));
    std::string longer = bytes + "x";
    longer[0] = static_cast<char>(longer[0] + 1);
    EXPECT_FALSE(parse_frame(longer));
    std::string head = bytes;
    head[5] = '\x7f';
    EXPECT_FALSE(parse_frame(head));
}

TEST(Frame, RefusesAHeadThatIsNoObject) {
    std::string bytes = framed('P', "\"n\":1");
    bytes[bytes.find('{')] = '[';
    EXPECT_FALSE(parse_frame(bytes));
    std::string list;
    const std::string head = "[1]";
    list.push_back(static_cast<char>(5 + head.size()));
    list += std::string(3, '\0') + "P";
    list.push_back(static_cast<char>(head.size()));
    list += std::string(3, '\0') + head;
    EXPECT_FALSE(parse_frame(list));
}

TEST(Frame, RefusesPartsThatAreNotNameFormLength) {
    for (const std::string_view parts :
         {R"("parts":[["a","text"]])", R"("parts":[["a","text",-1]])",
          R"("parts":[["a","text",9]])", R"("parts":[[1,"text",0]])", R"("parts":{})"}) {
        EXPECT_FALSE(parse_frame(framed('R', parts))) << parts;
    }
}

TEST(JsonText, EscapesWhatJsonWants) {
    std::string out;
    append_json_text(out, "a\"b\\c/\n\t\x01é");
    EXPECT_EQ(out, R"("a\"b\\c/\n\t\u0001é")");
}

TEST(JsonText, ReplacesWhatIsNoUtf8) {
    std::string out;
    append_json_text(out,
                     "a\xff"
                     "b\xed\xa0\x80");
    EXPECT_EQ(out,
              "\"a\xef\xbf\xbd"
              "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(Utf8, KnowsItsShapes) {
    EXPECT_TRUE(is_utf8("plain é € 😀"));
    EXPECT_FALSE(is_utf8("\xc0\xaf"));          // overlong
    EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // half of a pair
    EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // past the last character
    EXPECT_FALSE(is_utf8("cut \xe2\x82"));
}

}  // namespace
}  // namespace sluice::php
