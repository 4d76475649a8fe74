#include "http/tls.h"

#include <cstdio>
#include <filesystem>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "http/testing.h"

namespace sluice::http {
namespace {

using testing::Client;
using testing::get;
using testing::post;
using testing::TestServer;

/// A folder with a fresh self-signed certificate and its key; gone at the end.
class Certificate {
public:
    Certificate() {
        std::string pattern = (std::filesystem::temp_directory_path() / "http-tls-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_sign(certificate, key, EVP_sha256());
        write(certificate_file(), [&](FILE* file) { PEM_write_X509(file, certificate); });
        write(key_file(), [&](FILE* file) {
            PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
        });
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Certificate() { std::filesystem::remove_all(folder_); }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    std::string certificate_file() const { return folder_ / "certificate.pem"; }
    std::string key_file() const { return folder_ / "key.pem"; }
    ServerConfig config() const {
        ServerConfig config;
        config.tls_certificate_file = certificate_file();
        config.tls_key_file = key_file();
        return config;
    }

private:
    static void write(const std::string& path, const std::function<void(FILE*)>& content) {
        FILE* file = std::fopen(path.c_str(), "w");
        ASSERT_NE(file, nullptr);
        content(file);
        std::fclose(file);
    }
    std::filesystem::path folder_;
};

/// A TLS client over a blocking socket.
class TlsClient {
public:
    TlsClient(std::uint16_t port, int newest_version = TLS1_3_VERSION)
        : plain_(port), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_, newest_version);
        SSL_CTX_set_security_level(context_, 0);
        ssl_ = SSL_new(context_);
        SSL_set_fd(ssl_, plain_.descriptor());
        const unsigned char protocols[] = "\x02h2\x08http/1.1";
        SSL_set_alpn_protos(ssl_, protocols, sizeof(protocols) - 1);
        is_connected_ = SSL_connect(ssl_) == 1;
    }
    ~TlsClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    bool is_connected() const { return is_connected_; }
    std::string version() const { return SSL_get_version(ssl_); }
    std::string protocol() const {
        const unsigned char* name = nullptr;
        unsigned int length = 0;
        SSL_get0_alpn_selected(ssl_, &name, &length);
        return {reinterpret_cast<const char*>(name), length};
    }
    void send(std::string_view bytes) {
        std::size_t sent = 0;
        SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent);
    }
    /// Everything until the server closes or `marker` has been seen.
    std::string read_until(std::string_view marker) {
        std::string all;
        char piece[4096];
        std::size_t count = 0;
        while (all.find(marker) == std::string::npos &&
               SSL_read_ex(ssl_, piece, sizeof(piece), &count) == 1) {
            all.append(piece, count);
        }
        return all;
    }

private:
    Client plain_;
    SSL_CTX* context_;
    SSL* ssl_ = nullptr;
    bool is_connected_ = false;
};

TEST(Tls, ServesOverAnEncryptedConnection) {
    const Certificate certificate;
    TestServer server(certificate.config());
    TlsClient client(server.port());
    ASSERT_TRUE(client.is_connected());
    EXPECT_EQ(client.version(), "TLSv1.3");
    EXPECT_EQ(client.protocol(), "http/1.1");
    for (int i = 0; i < 3; ++i) {
        client.send(get("/secret"));
        EXPECT_NE(client.read_until("}").find("/secret"), std::string::npos);
    }
}

TEST(Tls, LargeBodiesPass) {
    const Certificate certificate;
    TestServer server(certificate.config());
    TlsClient client(server.port());
    client.send(post("/", std::string(1'000'000, 'x')));
    EXPECT_NE(client.read_until("\"length\"").find("200 OK"), std::string::npos);
}

TEST(Tls, Version12IsTheOldest) {
    const Certificate certificate;
    TestServer server(certificate.config());
    EXPECT_TRUE(TlsClient(server.port(), TLS1_2_VERSION).is_connected());
    EXPECT_FALSE(TlsClient(server.port(), TLS1_1_VERSION).is_connected());
}

TEST(Tls, PlainTextIsNotServed) {
    const Certificate certificate;
    TestServer server(certificate.config());
    Client client(server.port());
    EXPECT_EQ(client.ask(get("/")).find("HTTP/1.1 200"), std::string::npos);
    EXPECT_TRUE(TlsClient(server.port()).is_connected());
}

TEST(Tls, SilentHandshakeIsTimedOut) {
    const Certificate certificate;
    ServerConfig config = certificate.config();
    config.header_time = std::chrono::milliseconds(100);
    TestServer server(config);
    Client client(server.port());
    EXPECT_TRUE(client.is_closed());
}

TEST(Tls, ClosesWithNotice) {
    const Certificate certificate;
    TestServer server(certificate.config());
    TlsClient client(server.port());
    client.send(get("/", "Connection: close\r\n"));
    EXPECT_NE(client.read_until("never").find("Connection: close"), std::string::npos);
}

TEST(Tls, RefusalOfALargeBodyIsReadable) {
    const Certificate certificate;
    ServerConfig config = certificate.config();
    config.max_body_bytes = 1000;
    TestServer server(config);
    TlsClient client(server.port());
    client.send(post("/", std::string(300'000, 'x')));
    EXPECT_NE(client.read_until("}}").find("HTTP/1.1 413"), std::string::npos);
}

TEST(Tls, BadFilesAreErrorsForTheOperator) {
    const Certificate certificate;
    const Certificate other;
    EXPECT_FALSE(make_tls_context("/nowhere", certificate.key_file()));
    EXPECT_FALSE(make_tls_context(certificate.certificate_file(), "/nowhere"));
    EXPECT_FALSE(make_tls_context(certificate.certificate_file(), other.key_file()));
    EXPECT_FALSE(make_tls_context(certificate.key_file(), certificate.certificate_file()));
    EXPECT_TRUE(make_tls_context(certificate.certificate_file(), certificate.key_file()));
}

}  // namespace
}  // namespace sluice::http
