#include "channel.h"

#include <array>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::php {
namespace {

class ChannelTest : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
    void TearDown() override {
        for (const int end : ends_) {
            if (end >= 0) {
                close(end);
            }
        }
    }
    void write_all(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::write(ends_[1], bytes.data(), bytes.size());
            ASSERT_GT(sent, 0);
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void hang_up() {
        close(ends_[1]);
        ends_[1] = -1;
    }

    std::array<int, 2> ends_{-1, -1};
};

TEST_F(ChannelTest, ReadsSeveralFramesOfOneWrite) {
    std::string bytes;
    append_frame(bytes, 'P', "\"n\":1");
    append_frame(bytes, 'P', "\"n\":2");
    write_all(bytes);
    Channel channel(ends_[0]);
    Frame frame;
    ASSERT_EQ(channel.next(frame), Received::Frame);
    EXPECT_EQ(frame.integer("n"), 1);
    ASSERT_EQ(channel.next(frame), Received::Frame);
    EXPECT_EQ(frame.integer("n"), 2);
}

TEST_F(ChannelTest, GathersAFrameLargerThanOneRead) {
    std::string bytes;
    const std::string data(3'000'000, 'x');
    append_frame(bytes, 'R', "\"run\":1", {{"a", "text", data}});
    append_frame(bytes, 'P', "\"n\":2");
    std::thread writer([&] { write_all(bytes); });
    Channel channel(ends_[0]);
    Frame frame;
    ASSERT_EQ(channel.next(frame), Received::Frame);
    EXPECT_EQ(frame.part("a")->data, data);
    ASSERT_EQ(channel.next(frame), Received::Frame);
    EXPECT_EQ(frame.integer("n"), 2);
    writer.join();
}

TEST_F(ChannelTest, FlushesBeforeItWaits) {
    Channel channel(ends_[0]);
    ASSERT_TRUE(channel.send('D', "\"run\":1"));
    std::thread peer([&] {
        std::array<char, 64> got{};
        EXPECT_GT(::read(ends_[1], got.data(), got.size()), 0);
        std::string bytes;
        append_frame(bytes, 'P', "\"n\":3");
        write_all(bytes);
    });
    Frame frame;
    EXPECT_EQ(channel.next(frame), Received::Frame);
    peer.join();
}

TEST_F(ChannelTest, ClosesAtTheEndAndAtWhatIsNoFrame) {
    Frame frame;
    Channel garbage(ends_[0]);
    write_all("\xff\xff\xff\xff");
    EXPECT_EQ(garbage.next(frame), Received::Closed);
    hang_up();
    Channel ended(ends_[0]);
    EXPECT_EQ(ended.next(frame), Received::Closed);
}

TEST_F(ChannelTest, StopsWaitingWhenAsked) {
    Channel channel(ends_[0]);
    Frame frame;
    EXPECT_EQ(channel.next(frame, [] { return true; }), Received::Interrupted);
}

TEST_F(ChannelTest, RefusesAFrameThatIsTooLarge) {
    Channel channel(ends_[0]);
    EXPECT_FALSE(channel.send('D', "", {{"a", "text", std::string(kMaxFrame, 'x')}}));
    EXPECT_TRUE(channel.flush());
}

}  // namespace
}  // namespace sluice::php
