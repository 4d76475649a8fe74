#include "http/forwarded.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TrustedProxies trusted() {
    return TrustedProxies::of({"10.0.0.0/8", "127.0.0.1", "2001:db8::/33", "::1"}).value();
}

std::string client(std::string_view forwarded_for, const std::string& peer = "127.0.0.1") {
    return trusted().client_of(peer, forwarded_for);
}

TEST(Forwarded, IsHeededFromTrustedProxiesOnly) {
    EXPECT_EQ(client("203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(client("203.0.113.9", "198.51.100.1"), "198.51.100.1");
    EXPECT_EQ(client("203.0.113.9", "11.0.0.1"), "11.0.0.1");
    EXPECT_EQ(TrustedProxies().client_of("127.0.0.1", "203.0.113.9"), "127.0.0.1");
    EXPECT_EQ(client("203.0.113.9", "::ffff:10.1.2.3"), "203.0.113.9");
    EXPECT_EQ(client("203.0.113.9", "2001:db8:7fff::1"), "203.0.113.9");
    EXPECT_EQ(client("203.0.113.9", "2001:db8:8000::1"), "2001:db8:8000::1");
}

TEST(Forwarded, TheRightmostThatIsNotTrustedCounts) {
    EXPECT_EQ(client("1.1.1.1, 203.0.113.9, 10.0.0.7, 10.0.0.8"), "203.0.113.9");
    EXPECT_EQ(client("127.0.0.1, 203.0.113.9"), "203.0.113.9")
        << "what the client wrote in front is its own invention";
    EXPECT_EQ(client("10.0.0.6,10.0.0.7"), "10.0.0.6") << "all of them ours: the first one";
}

TEST(Forwarded, PortsAndBracketsAreLeftOut) {
    EXPECT_EQ(client("203.0.113.9:4711"), "203.0.113.9");
    EXPECT_EQ(client("2001:4860::8"), "2001:4860::8");
    EXPECT_EQ(client("[2001:4860:0:0::8]:443"), "2001:4860::8");
    EXPECT_EQ(client("[2001:4860::8]"), "2001:4860::8");
    EXPECT_EQ(client("fe80::1%eth0"), "fe80::1");
    EXPECT_EQ(client("::ffff:203.0.113.9"), "203.0.113.9");
}

TEST(Forwarded, WhatIsNoAddressEndsTheSearchAtWhoPassedItOn) {
    for (const char* entry :
         {"unknown", "_hidden", "", " ", ",", "1.2.3", "1.2.3.4.5", "999.1.1.1", "[::1", "[]",
          "[1.2.3.4]x", "1.2.3.4:", "1.2.3.4:port", "1.2.3.4:1234567", "::1::", "0x7f.1",
          "203.0.113.9 evil", "<script>"}) {
        EXPECT_EQ(client(entry), "127.0.0.1") << entry;
        EXPECT_EQ(client(std::string("203.0.113.9, ") + entry + ", 10.0.0.7"), "10.0.0.7") << entry;
    }
    EXPECT_EQ(client(std::string("1.2.3.4\0", 8)), "127.0.0.1");
    EXPECT_EQ(client(std::string(100'000, '1')), "127.0.0.1");
}

TEST(Forwarded, ManyHopsAreLookedAtToABound) {
    std::string header = "203.0.113.9";
    for (std::size_t i = 0; i < TrustedProxies::kMaxHops - 1; ++i) {
        header += ", 10.0.0.1";
    }
    EXPECT_EQ(client(header), "203.0.113.9");
    EXPECT_EQ(client(header + ", 10.0.0.2"), "10.0.0.1");
    EXPECT_EQ(client(std::string(50'000, ',')), "127.0.0.1");
}

TEST(Forwarded, NetworksAreReadOrRefusedByName) {
    for (const char* entry : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x",
                              "::/129", "host", "10.0.0/8", "10.0.0.0/8/8", "[::1]"}) {
        const auto read = TrustedProxies::of({entry});
        ASSERT_FALSE(read) << entry;
        EXPECT_NE(read.error().message().find("'" + std::string(entry) + "'"), std::string::npos);
    }
    EXPECT_EQ(TrustedProxies::of({"0.0.0.0/0"})->client_of("1.2.3.4", "::1"), "::1");
    EXPECT_EQ(TrustedProxies::of({"::/0"})->client_of("1.2.3.4", "5.6.7.8"), "5.6.7.8");
}

}  // namespace
}  // namespace sluice::http
