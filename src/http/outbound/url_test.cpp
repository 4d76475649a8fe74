#include "http/outbound/url.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(OutboundUrl, KnowsHostAndOrigin) {
    const OutboundUrl url = read_outbound_url("HTTPS://API.Example.com./v1/x?a=b#part").value();
    EXPECT_EQ(url.host, "api.example.com");
    EXPECT_EQ(url.origin, "https://api.example.com:443");
    EXPECT_EQ(url.text.find('#'), std::string::npos);
    EXPECT_TRUE(url.text.ends_with("/v1/x?a=b")) << url.text;
    EXPECT_EQ(read_outbound_url("http://[::1]:8080/")->host, "::1");
    EXPECT_EQ(read_outbound_url("http://a:8080")->origin, "http://a:8080");
}

TEST(OutboundUrl, EncodesWhatAUrlCannotHold) {
    const OutboundUrl url = read_outbound_url("http://a/x y?q=\"ä\"&n={1}").value();
    EXPECT_TRUE(url.text.ends_with("/x%20y?q=%22%C3%A4%22&n=%7B1%7D")) << url.text;
    EXPECT_TRUE(read_outbound_url("http://a/%20?b=%41")->text.ends_with("/%20?b=%41"));
}

TEST(OutboundUrl, SpellingsOfAnAddressAreThatAddress) {
    for (const char* text : {"http://0xa9.0xfe.0xa9.0xfe/", "http://2852039166/",
                             "http://0251.0376.0251.0376/", "http://169.254.43518/"}) {
        const auto url = read_outbound_url(text);
        EXPECT_EQ(url ? url->host : "refused", "169.254.169.254") << text;
    }
}

TEST(OutboundUrl, RefusesWhatMisleads) {
    for (const char* text :
         {"", "x", "/api/v2/db", "ftp://a/", "file:///etc/passwd", "gopher://a/", "http://",
          "http://user:secret@a/", "http://a@b/", "http://a\\@b/", "http://a b/", "http://a:99999/",
          "http://a:b/", "http://[::1", "http://a\r\nHost: b/", "http:a"}) {
        const auto url = read_outbound_url(text);
        EXPECT_FALSE(url) << text << " -> " << (url ? url->text : "");
    }
    EXPECT_FALSE(read_outbound_url(std::string("http://a\0b/", 11)));
    EXPECT_FALSE(read_outbound_url("http://a/" + std::string(20'000, 'x')));
}

TEST(OutboundUrl, DoesNotTellASecret) {
    const auto url = read_outbound_url("http://user:secret@a/");
    EXPECT_EQ(url.error().message().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace sluice::http
