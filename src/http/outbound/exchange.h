#pragma once
/// One transfer as libcurl carries it out, for transfers.cpp only.

#include <functional>
#include <memory>

#include <curl/curl.h>

#include "http/outbound/transfers.h"

namespace sluice::http {

/// Threads: that of the transfers.
class Exchange {
public:
    Exchange(std::shared_ptr<Transfer> transfer,
             std::function<void()> done,
             const OutboundPolicy& policy);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// Errors: BadRequest for a header that cannot be sent; Internal without memory.
    Status prepare();
    CURL* handle() { return handle_; }
    /// It is over: notes what came of it, and tells.
    void finish(CURLcode code);
    void fail_with(Error error);

private:
    Status add_headers();
    void take_answer();
    Error error_of(CURLcode code) const;

    static std::size_t on_content(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
    static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* to);

    std::shared_ptr<Transfer> transfer_;
    std::function<void()> done_;
    const OutboundPolicy& policy_;
    CURL* handle_ = nullptr;
    curl_slist* headers_ = nullptr;
    Response answer_;
    std::size_t head_bytes_ = 0;
    bool is_too_large_ = false;
    bool is_refused_ = false;
};

}  // namespace sluice::http
