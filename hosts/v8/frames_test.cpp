#include "frames.h"

#include <cstring>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::sandbox {
namespace {

std::string u32(std::uint32_t value) {
    std::string out(4, '\0');
    std::memcpy(out.data(), &value, 4);
    return out;
}

std::string frame(char kind, const std::string& head, const std::string& parts) {
    return u32(static_cast<std::uint32_t>(5 + head.size() + parts.size())) + kind +
           u32(static_cast<std::uint32_t>(head.size())) + head + parts;
}

class Frames : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0); }
    void TearDown() override {
        close(ends_[0]);
        close(ends_[1]);
    }
    void put(const std::string& bytes) const {
        ASSERT_EQ(write(ends_[0], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    std::string got() const {
        char buffer[4096];
        const ssize_t size = read(ends_[0], buffer, sizeof buffer);
        return {buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }
    int ends_[2] = {};
};

TEST_F(Frames, AreTakenWholeAndInOrder) {
    Connection connection(ends_[1]);
    const std::string two = frame('R', R"({"run":1})", "abc") + frame('P', "{}", "");
    for (const char byte : two.substr(0, two.size() - 1)) {
        put(std::string(1, byte));
        ASSERT_EQ(connection.fill({}), Connection::Fill::Read);
    }
    const std::optional<Frame> first = connection.take();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->kind, 'R');
    EXPECT_EQ(first->head, R"({"run":1})");
    EXPECT_EQ(first->parts, "abc");
    EXPECT_FALSE(connection.take());
    put(two.substr(two.size() - 1));
    connection.fill({});
    EXPECT_TRUE(connection.take());
    EXPECT_FALSE(connection.is_broken());
}

TEST_F(Frames, ThatDoNotAddUpBreakTheConnection) {
    for (const std::string& bytes :
         {u32(4) + "Pabc", u32(0x7fffffff) + "P", u32(7) + "P" + u32(3) + "{}", u32(0)}) {
        Connection connection(ends_[1]);
        put(bytes);
        connection.fill({});
        EXPECT_FALSE(connection.take());
        EXPECT_TRUE(connection.is_broken());
    }
}

TEST_F(Frames, AreHeldUntilTheyAreFlushed) {
    Connection connection(ends_[1]);
    ASSERT_TRUE(
        connection.send('D', R"({"run":2})", {{"return", "json", "[1]"}, {"x", "bytes", ""}}));
    ASSERT_TRUE(connection.send('P', "{}", {{"a", "text", "z"}}));
    EXPECT_TRUE(connection.holds_output());
    ASSERT_TRUE(connection.flush());
    EXPECT_FALSE(connection.holds_output());
    EXPECT_EQ(got(),
              frame('D', R"({"run":2,"parts":[["return","json",3],["x","bytes",0]]})", "[1]") +
                  frame('P', R"({"parts":[["a","text",1]]})", "z"));
}

TEST_F(Frames, ThatAreTooLongAreRefused) {
    Connection connection(ends_[1]);
    EXPECT_FALSE(
        connection.send('D', "{}", {{"a", "text", std::string(std::size_t{65} << 20, 'x')}}));
    EXPECT_FALSE(connection.holds_output());
}

TEST_F(Frames, WaitNoLongerThanTheirDeadline) {
    Connection connection(ends_[1]);
    EXPECT_EQ(connection.fill(Clock::now() + std::chrono::milliseconds(5)), Connection::Fill::Late);
    close(ends_[0]);
    EXPECT_EQ(connection.fill({}), Connection::Fill::End);
    ends_[0] = -1;
}

TEST_F(Frames, LargerThanTheSocketBufferArrive) {
    const std::string large(std::size_t{3} << 20, 'y');
    std::thread writer([&] {
        Connection sender(ends_[0]);
        sender.send('R', "{}", {{"a", "text", large}});
        EXPECT_TRUE(sender.flush());
    });
    Connection connection(ends_[1]);
    std::optional<Frame> whole;
    while (!(whole = connection.take())) {
        ASSERT_EQ(connection.fill({}), Connection::Fill::Read);
    }
    writer.join();
    EXPECT_EQ(whole->parts, large);
}

}  // namespace
}  // namespace sluice::sandbox
