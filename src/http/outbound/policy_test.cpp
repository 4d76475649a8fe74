#include "http/outbound/policy.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

OutboundPolicy policy(const std::vector<std::string>& allow = {},
                      const std::vector<std::string>& refuse = {}) {
    return OutboundPolicy::of(allow, refuse).value();
}

bool allows(const OutboundPolicy& policy, const std::string& host, const std::string& address) {
    return policy.allows(host, read_address(address).value());
}

TEST(OutboundPolicy, LetsOrdinaryAddressesThrough) {
    for (const char* address : {"93.184.216.34", "10.0.0.1", "127.0.0.1", "::1", "2606:2800::1"}) {
        EXPECT_TRUE(allows(policy(), "a.example", address)) << address;
    }
    EXPECT_TRUE(policy().judge_host("a.example"));
}

TEST(OutboundPolicy, RefusesWhereMachinesTellTheirSecrets) {
    for (const char* address :
         {"169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "100.100.100.200",
          "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "ff02::1", "255.255.255.255",
          // and what leads there
          "::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe",
          "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1"}) {
        EXPECT_FALSE(allows(policy(), "a.example", address)) << address;
        EXPECT_FALSE(policy().judge_host(address)) << address;
    }
}

TEST(OutboundPolicy, ANameDoesNotOpenWhatIsClosed) {
    EXPECT_FALSE(allows(policy({"metadata.example"}), "metadata.example", "169.254.169.254"));
    EXPECT_TRUE(allows(policy({"169.254.169.254"}), "metadata.example", "169.254.169.254"));
}

TEST(OutboundPolicy, AllowsOnlyWhatIsNamed) {
    const OutboundPolicy named = policy({"api.example.com", "*.Trusted.example", "10.0.0.0/8"});
    EXPECT_TRUE(allows(named, "api.example.com", "1.2.3.4"));
    EXPECT_TRUE(allows(named, "a.b.trusted.example", "1.2.3.4"));
    EXPECT_TRUE(allows(named, "inside.example", "10.9.9.9"));
    EXPECT_FALSE(allows(named, "trusted.example", "1.2.3.4"));
    EXPECT_FALSE(allows(named, "nottrusted.example", "1.2.3.4"));
    EXPECT_FALSE(allows(named, "other.example", "1.2.3.4"));
    EXPECT_FALSE(policy({"api.example.com"}).judge_host("other.example"));
    EXPECT_TRUE(named.judge_host("other.example")) << "its address may be in 10.0.0.0/8";
    EXPECT_FALSE(named.judge_host("1.2.3.4"));
    EXPECT_TRUE(named.judge_host("10.1.1.1"));
}

TEST(OutboundPolicy, RefusalsComeFirst) {
    const OutboundPolicy closed = policy({"*.example"}, {"bad.example", "127.0.0.0/8", "::1"});
    EXPECT_FALSE(closed.judge_host("bad.example"));
    EXPECT_FALSE(allows(closed, "bad.example", "1.2.3.4"));
    EXPECT_FALSE(allows(closed, "good.example", "127.0.0.1"));
    EXPECT_FALSE(allows(closed, "good.example", "::ffff:127.0.0.1"));
    EXPECT_FALSE(allows(closed, "good.example", "::1"));
    EXPECT_TRUE(allows(closed, "good.example", "1.2.3.4"));
}

TEST(OutboundPolicy, EntriesThatAreNoneAreNamed) {
    for (const char* entry : {"a b", "http://x", "", "10.0.0.0/33", "*", "a*.example"}) {
        const auto made = OutboundPolicy::of({entry}, {});
        ASSERT_FALSE(made) << entry;
        EXPECT_NE(made.error().message().find("'" + std::string(entry) + "'"), std::string::npos);
    }
}

}  // namespace
}  // namespace sluice::http
