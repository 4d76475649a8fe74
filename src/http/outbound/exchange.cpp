#include "http/outbound/exchange.h"

#include <algorithm>
#include <array>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/fields.h"
#include "core/final_status.h"
#include "core/json.h"

namespace sluice::http {
namespace {

constexpr long kConnectMs = 10'000;
constexpr long kLongestMs = 300'000;

// What says how the message is carried is ours to write.
bool is_of_the_transport(std::string_view name) {
    constexpr std::array<std::string_view, 7> kOurs{
        "connection", "content-length", "transfer-encoding", "expect", "te", "upgrade", "trailer"};
    return std::ranges::any_of(
        kOurs, [name](std::string_view ours) { return equals_ignoring_case(name, ours); });
}

bool is_token(std::string_view name) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [kOthers](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kOthers.find(c) != std::string_view::npos;
    });
}

bool is_one_line(std::string_view value) {
    return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::optional<Address> address_of(const sockaddr& to) {
    if (to.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(to);
        return mapped(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr));
    }
    if (to.sa_family == AF_INET6) {
        Address address{};
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(to);
        std::copy_n(v6.sin6_addr.s6_addr, address.size(), address.begin());
        return address;
    }
    return std::nullopt;
}

// libcurl takes zero for no limit.
long milliseconds_left(const Deadline& deadline) {
    if (!deadline.is_set()) {
        return kLongestMs;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline.at() -
                                                                            Deadline::Clock::now());
    return static_cast<long>(std::clamp<std::int64_t>(left.count(), 1, kLongestMs));
}

// Others say JSON and send pages of errors: a script is not handed what it cannot read.
void check_json(Response& response) {
    if (response.is_json() && !response.content.empty() &&
        !parse_json(response.content, "answer")) {
        response.content_type = "text/plain";
        response.headers.set("content-type", response.content_type);
    }
}

Error bad_answer(const std::string& message) {
    return Error(ErrorKind::Internal, message).with_status(502).with_code(502);
}

}  // namespace

Exchange::Exchange(std::shared_ptr<Transfer> transfer,
                   std::function<void()> done,
                   const OutboundPolicy& policy)
    : transfer_(std::move(transfer)), done_(std::move(done)), policy_(policy) {}

Exchange::~Exchange() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
}

Status Exchange::add_headers() {
    const Headers& wanted = transfer_->request.headers;
    const auto add = [this](const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_, line.c_str());
        headers_ = longer == nullptr ? headers_ : longer;
        return longer != nullptr;
    };
    // Waiting to be asked for the body costs a second with servers that never ask; and libcurl
    // would call every body a form.
    bool is_added = add("Expect:") && (wanted.contains("content-type") || add("Content-Type:"));
    for (const auto& [name, value] : wanted) {
        if (!is_token(name) || !is_one_line(value)) {
            return fail(ErrorKind::BadRequest,
                        "The header '" + name + "' cannot be sent to another server.");
        }
        if (!is_of_the_transport(name)) {
            // A semicolon is libcurl's way of saying that there is no value.
            is_added = is_added && add(value.empty() ? name + ";" : name + ": " + value);
        }
    }
    return is_added ? Status() : Status(fail(ErrorKind::Internal, "no memory for a call"));
}

Status Exchange::prepare() {
    handle_ = curl_easy_init();
    if (handle_ == nullptr) {
        return fail(ErrorKind::Internal, "no memory for a call");
    }
    SLUICE_CHECK(add_headers());
    const OutboundRequest& request = transfer_->request;
    const long left = milliseconds_left(request.deadline);
    curl_easy_setopt(handle_, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    if (request.method == "HEAD") {
        curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    } else if (!request.content.empty() || request.method == "POST") {
        curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.content.size()));
        curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request.content.data());
    }
    if (request.method != "HEAD") {
        curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    curl_easy_setopt(handle_, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(handle_, CURLOPT_USERAGENT, "sluice");
    // The machine's settings for its own programs are not for scripts.
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, left);
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, std::min(kConnectMs, left));
    curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &Exchange::on_open);
    curl_easy_setopt(handle_, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Exchange::on_content);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
    return {};
}

// The address that the name has now: what was judged is what is connected to.
curl_socket_t Exchange::on_open(void* self, curlsocktype, curl_sockaddr* to) {
    auto& exchange = *static_cast<Exchange*>(self);
    const std::optional<Address> address = address_of(to->addr);
    if (!address || !exchange.policy_.allows(exchange.transfer_->host, *address)) {
        exchange.is_refused_ = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t Exchange::on_content(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    std::string& content = exchange.answer_.content;
    if (size * count > Transfers::kMostBytes - content.size()) {
        exchange.is_too_large_ = true;
        return CURL_WRITEFUNC_ERROR;
    }
    content.append(bytes, size * count);
    return size * count;
}

std::size_t Exchange::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    const std::string_view line = trimmed(std::string_view(bytes, size * count));
    exchange.head_bytes_ += size * count;
    if (exchange.head_bytes_ > Transfers::kMostHeadBytes) {
        exchange.is_too_large_ = true;
        return 0;
    }
    if (line.starts_with("HTTP/")) {
        exchange.answer_.headers = {};  // behind an interim answer
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
        exchange.answer_.headers.join(lower_case(trimmed(line.substr(0, colon))),
                                      std::string(trimmed(line.substr(colon + 1))));
    }
    return size * count;
}

void Exchange::take_answer() {
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    if (!is_final_status(status)) {
        transfer_->result = fail(bad_answer("'" + transfer_->host + "' does not speak HTTP."));
        return;
    }
    answer_.status = static_cast<int>(status);
    answer_.content_type = answer_.headers.get_or("content-type", "");
    // They speak of the message as it came.
    for (const std::string_view name :
         {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}) {
        answer_.headers.remove(name);
    }
    check_json(answer_);
    char* redirect = nullptr;
    curl_easy_getinfo(handle_, CURLINFO_REDIRECT_URL, &redirect);
    transfer_->redirect = redirect == nullptr ? "" : redirect;
    transfer_->result = std::move(answer_);
}

Error Exchange::error_of(CURLcode code) const {
    const std::string host = "'" + transfer_->host + "'";
    if (is_refused_) {
        return {ErrorKind::Forbidden, "Calls to " + host + " are not allowed on this instance."};
    }
    if (is_too_large_) {
        return bad_answer(host + " answered more than " +
                          std::to_string(Transfers::kMostBytes >> 20U) + " MB.");
    }
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return {ErrorKind::UpstreamTimeout, host + " did not answer in time."};
        case CURLE_COULDNT_RESOLVE_HOST:
            return {ErrorKind::ServiceUnavailable, "There is no host " + host + "."};
        case CURLE_COULDNT_CONNECT:
            return {ErrorKind::ServiceUnavailable, host + " cannot be connected to."};
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
            return {ErrorKind::ServiceUnavailable,
                    "No encrypted connection to " + host + ": " + curl_easy_strerror(code) + "."};
        case CURLE_URL_MALFORMAT:
            return {ErrorKind::BadRequest, "The URL is no valid one of http or https."};
        default:
            return bad_answer(host + " gave no usable answer: " + curl_easy_strerror(code) + ".");
    }
}

void Exchange::finish(CURLcode code) {
    if (code == CURLE_OK) {
        take_answer();
    } else {
        transfer_->result = fail(error_of(code));
    }
    done_();
}

void Exchange::fail_with(Error error) {
    transfer_->result = fail(std::move(error));
    done_();
}

}  // namespace sluice::http
