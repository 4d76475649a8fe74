#pragma once
/// The server's TLS settings.

#include <memory>
#include <string>

#include "core/result.h"

struct ssl_ctx_st;

namespace sluice::http {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// TLS 1.2 and 1.3, HTTP/1.1 by ALPN.
/// Errors: BadRequest with a sentence for the operator when a file cannot be used.
Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                    const std::string& key_file);

}  // namespace sluice::http
