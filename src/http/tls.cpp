#include "http/tls.h"

#include <array>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace sluice::http {
namespace {

std::string last_reason() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

// One protocol is offered; a client that lists others only is served all the same.
int choose_protocol(SSL*,
                    const unsigned char** chosen,
                    unsigned char* chosen_length,
                    const unsigned char* offered,
                    unsigned int offered_length,
                    void*) {
    static constexpr unsigned char kHttp11[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, chosen_length, kHttp11, sizeof(kHttp11) - 1, offered,
                              offered_length) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                    const std::string& key_file) {
    TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) {
        return fail(ErrorKind::Internal, "TLS is not available: " + last_reason());
    }
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
        return fail(ErrorKind::BadRequest, "The TLS certificate " + certificate_file +
                                               " cannot be used: " + last_reason());
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        return fail(ErrorKind::BadRequest,
                    "The TLS key " + key_file + " cannot be used: " + last_reason());
    }
    if (SSL_CTX_check_private_key(context.get()) != 1) {
        return fail(ErrorKind::BadRequest,
                    "The TLS key " + key_file + " does not belong to " + certificate_file + ".");
    }
    return context;
}

}  // namespace sluice::http
