#include "http/outbound/fetch.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/async.h"
#include "http/outbound/url.h"

namespace sluice::http {
namespace {

Task<void> carry_out(Transfers& transfers, std::shared_ptr<Transfer> transfer) {
    const Executor executor = co_await boost::asio::this_coro::executor;
    const auto ended = std::make_shared<Signal>(executor);
    // Moved on to the shard: what is the shard's must not be let go of by another thread.
    transfers.start(std::move(transfer), [executor, given = ended]() mutable {
        boost::asio::post(executor, [given = std::move(given)] { given->set(); });
    });
    co_await ended->wait_until(Deadline());
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// RFC 9110, 15.4: as all clients do, anything but GET and HEAD becomes a GET, but for 307 and 308.
void redirect(OutboundRequest& request, int status) {
    const bool keeps =
        status == 307 || status == 308 || request.method == "GET" || request.method == "HEAD";
    if (!keeps) {
        request.method = "GET";
        request.content.clear();
        request.headers.remove("content-type");
    }
}

void keep_secrets(Headers& headers) {
    for (const std::string_view name : {"authorization", "cookie", "proxy-authorization"}) {
        headers.remove(name);
    }
}

}  // namespace

Task<Result<Response>> fetch(Transfers& transfers, OutboundRequest request) {
    for (int redirects = 0;; ++redirects) {
        CO_TRY(const OutboundUrl url, read_outbound_url(request.url));
        CO_CHECK(transfers.policy().judge_host(url.host));
        auto transfer = std::make_shared<Transfer>();
        transfer->host = url.host;
        transfer->request = request;
        transfer->request.url = url.text;
        co_await carry_out(transfers, transfer);
        if (!transfer->result || !is_redirect(transfer->result->status) ||
            transfer->redirect.empty() || redirects == kMostRedirects) {
            co_return std::move(transfer->result);
        }
        redirect(request, transfer->result->status);
        request.url = transfer->redirect;
        const Result<OutboundUrl> next = read_outbound_url(request.url);
        if (next && next->origin != url.origin) {
            keep_secrets(request.headers);
        }
    }
}

}  // namespace sluice::http
