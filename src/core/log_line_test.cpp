#include "core/log_line.h"

#include <gtest/gtest.h>

#include "core/utf8.h"

namespace sluice::log {
namespace {

std::string line_of(std::string_view text) {
    std::string line;
    append_as_line(line, text);
    return line;
}

TEST(LogLine, KeepsTextAsItIs) {
    EXPECT_EQ(line_of("plain\ttext, Grüße, 日本, 😀"), "plain\ttext, Grüße, 日本, 😀");
    EXPECT_EQ(line_of(""), "");
}

TEST(LogLine, IsOneLine) {
    EXPECT_EQ(line_of("one\ntwo\r\n"), "one\\ntwo?\\n");
    EXPECT_EQ(line_of({"a\0b\x1b[31m\x7f", 9}), "a?b?[31m?");
}

TEST(LogLine, ReplacesEachByteThatIsNoUtf8) {
    EXPECT_EQ(line_of("a\xff"
                      "b"),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(line_of("\xe2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "cut within a character";
    EXPECT_EQ(line_of("\xed\xa0\x80").size(), 9U) << "a surrogate";
}

TEST(LogLine, IsUtf8WhateverTwoBytesCome) {
    for (unsigned first = 0; first < 256; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            const char bytes[] = {static_cast<char>(first), static_cast<char>(second), 'x'};
            ASSERT_TRUE(is_utf8(line_of({bytes, 3}))) << first << " " << second;
        }
    }
}

}  // namespace
}  // namespace sluice::log
