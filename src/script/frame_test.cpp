#include "script/frame.h"

#include <cstring>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

void feed(FrameReader& reader, std::string_view bytes) {
    const auto [at, space] = reader.prepare(bytes.size());
    ASSERT_GE(space, bytes.size());
    std::memcpy(at, bytes.data(), bytes.size());
    reader.commit(bytes.size());
}

std::string frame_with(std::string_view head, std::string_view rest, char type = 'D') {
    std::string bytes(4, '\0');
    const auto length = static_cast<std::uint32_t>(5 + head.size() + rest.size());
    const auto head_length = static_cast<std::uint32_t>(head.size());
    std::memcpy(bytes.data(), &length, 4);
    bytes.push_back(type);
    bytes.append(reinterpret_cast<const char*>(&head_length), 4);
    return bytes.append(head).append(rest);
}

TEST(FrameBuilder, WritesWhatTheReaderReads) {
    FrameBuilder builder(FrameType::Run);
    builder.head() = R"("run":7)";
    builder.add_part("request.content", Content::Form::Text, "abc");
    builder.add_part("response.content", Content::Form::Json, "{}");
    std::string bytes;
    ASSERT_TRUE(builder.append_to(bytes));

    FrameReader reader;
    feed(reader, bytes);
    const auto frame = reader.next();
    ASSERT_TRUE(frame && frame->has_value());
    EXPECT_EQ((*frame)->type, FrameType::Run);
    EXPECT_EQ(integer_or((*frame)->head, "run", 0), 7);
    ASSERT_NE((*frame)->find_part("request.content"), nullptr);
    EXPECT_EQ((*frame)->find_part("request.content")->bytes, "abc");
    EXPECT_EQ((*frame)->find_part("response.content")->form, Content::Form::Json);
    EXPECT_EQ((*frame)->find_part("session"), nullptr);
    EXPECT_FALSE(reader.next()->has_value());
}

TEST(FrameBuilder, RefusesAFrameThatNoHostWouldTake) {
    const std::string large(kMaxFrameBytes, 'x');
    FrameBuilder builder(FrameType::Run);
    builder.add_part("request.content", Content::Form::Bytes, large);
    std::string bytes;
    EXPECT_EQ(builder.append_to(bytes).error().kind(), ErrorKind::PayloadTooLarge);
    EXPECT_TRUE(bytes.empty());
}

TEST(FrameReader, WaitsForTheLastByte) {
    const std::string bytes = frame_with("{}", "");
    FrameReader reader;
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
        feed(reader, bytes.substr(i, 1));
        const auto frame = reader.next();
        ASSERT_TRUE(frame);
        EXPECT_FALSE(frame->has_value());
    }
    feed(reader, bytes.substr(bytes.size() - 1));
    EXPECT_TRUE(reader.next()->has_value());
}

TEST(FrameReader, CutsSeveralFramesFromOneRead) {
    FrameReader reader;
    feed(reader, frame_with(R"({"run":1})", "") + frame_with(R"({"run":2})", ""));
    EXPECT_EQ(integer_or((*reader.next())->head, "run", 0), 1);
    EXPECT_EQ(integer_or((*reader.next())->head, "run", 0), 2);
    EXPECT_FALSE(reader.next()->has_value());
}

TEST(FrameReader, RefusesWhatIsNoFrame) {
    std::string long_head = frame_with("{}", "");
    long_head[5] = '\x7F';
    const std::vector<std::string> broken{
        std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9),
        std::string(9, '\0'),
        long_head,
        frame_with("[]", ""),
        frame_with("{", ""),
        frame_with("", ""),
        frame_with("{}", "stray"),
        frame_with(R"({"parts":1})", ""),
        frame_with(R"({"parts":[["a","json",9]]})", "{}"),
        frame_with(R"({"parts":[["a","json",-1]]})", ""),
        frame_with(R"({"parts":[["a","yaml",0]]})", ""),
        frame_with(R"({"parts":[["a","json"]]})", ""),
        frame_with(R"({"parts":[["a","json",1]]})", "{}"),
        frame_with("{\"a\":\"" + std::string(kMaxHeadBytes, 'x') + "\"}", ""),
    };
    for (const std::string& bytes : broken) {
        FrameReader reader;
        feed(reader, bytes);
        const auto frame = reader.next();
        ASSERT_FALSE(frame) << testing::PrintToString(bytes.substr(0, 100));
        EXPECT_EQ(frame.error().kind(), ErrorKind::Internal);
    }
}

}  // namespace
}  // namespace sluice::script
