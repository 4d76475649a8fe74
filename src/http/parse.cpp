#include "http/parse.h"

#include <algorithm>
#include <optional>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "core/payload.h"
#include "http/body_reader.h"
#include "http/override.h"
#include "http/request_id.h"
#include "http/target.h"

namespace sluice::http {
namespace {

namespace wire = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

std::string_view plain(string_view text) {
    return {text.data(), text.size()};
}

Error error_of(const error_code& code) {
    if (code == wire::error::body_limit) {
        return Error(ErrorKind::PayloadTooLarge, "The body is too large.");
    }
    return Error(ErrorKind::BadRequest, "Malformed HTTP request.").with_detail(code.message());
}

// q=0 refuses a coding; anything else, also "*", accepts it.
bool accepts_gzip(std::string_view accept_encoding) {
    for (const auto& [name, parameters] : wire::ext_list(accept_encoding)) {
        if (!equals_ignoring_case(plain(name), "gzip") && name != "*") {
            continue;
        }
        for (const auto& [key, value] : parameters) {
            if (equals_ignoring_case(plain(key), "q") &&
                plain(value).find_first_not_of("0.") == std::string_view::npos) {
                return false;
            }
        }
        return true;
    }
    return false;
}

// Beast would join such lines without a word (RFC 9112, 5.2). It keeps a header's end back until it
// has seen the byte after it, so that both are always among the same bytes.
bool has_folded_line(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, bytes.find("\r\n\r\n"));
    return head.find("\n ") != std::string_view::npos ||
           head.find("\n\t") != std::string_view::npos;
}

/// Beast reads the wire; what it finds goes straight into our Request.
class Message final : public wire::basic_parser<true> {
public:
    explicit Message(const ServerConfig& config) : config_(&config), body_(config.max_body_bytes) {
        header_limit(static_cast<std::uint32_t>(config.max_header_bytes));
        body_limit(config.max_body_bytes);
        eager(true);
    }

    Result<std::size_t> put_bytes(std::string_view bytes) {
        std::size_t taken = 0;
        if (!got_some()) {
            taken = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
            bytes.remove_prefix(taken);
        }
        if (bytes.empty()) {
            return taken;
        }
        if (!is_head_done_ && has_folded_line(bytes)) {
            return fail(ErrorKind::BadRequest,
                        "A header that goes on in the next line is not allowed.");
        }
        body_.begin_step();
        error_code code;
        taken += put(boost::asio::buffer(bytes.data(), bytes.size()), code);
        if (code && code != wire::error::need_more && !body_.is_paused()) {
            if (failure_) {
                return fail(std::move(*failure_));
            }
            return fail(code == wire::error::header_limit ? too_large() : error_of(code));
        }
        return taken;
    }

    bool is_paused() const { return body_.is_paused(); }

    /// Of the part that did not fit.
    Error too_large() const {
        if (method_.empty()) {
            return Error(ErrorKind::HeaderTooLarge, "The request's URL is too long.")
                .with_status(414);
        }
        return Error(ErrorKind::HeaderTooLarge, "The request's headers are too large.");
    }

    Request request;
    Framing framing;
    std::string request_id;
    bool expects_continue = false;

private:
    void refuse(Error error, error_code& code) {
        failure_.emplace(std::move(error));
        code = wire::error::bad_value;  // any: it makes the parser stop
    }
    void check(Status status, error_code& code) {
        if (!status) {
            refuse(std::move(status).error(), code);
        }
    }

    void on_request_impl(
        wire::verb, string_view method, string_view target, int version, error_code&) override {
        method_ = plain(method);
        request.uri = plain(target);
        head_bytes_ = method.size() + target.size();
        framing.is_http_1_0 = version == 10;
    }

    void on_field_impl(wire::field field,
                       string_view name,
                       string_view value,
                       error_code& code) override {
        // Counted here because the parser's own limit begins anew with each packet.
        head_bytes_ += name.size() + value.size() + 4;
        if (head_bytes_ > config_->max_header_bytes || ++fields_ > config_->max_headers) {
            return refuse(too_large(), code);
        }
        if (is_head_done_) {
            return;  // a trailer: nobody asked for it, and it must not pass for a header
        }
        switch (field) {
            case wire::field::host:
                ++hosts_;
                break;
            case wire::field::transfer_encoding:
                if (framing.is_http_1_0 || !equals_ignoring_case(plain(value), "chunked")) {
                    return refuse(Error(ErrorKind::BadRequest, "Unsupported Transfer-Encoding."),
                                  code);
                }
                break;
            case wire::field::expect:
                if (!equals_ignoring_case(plain(value), "100-continue")) {
                    return refuse(
                        Error(ErrorKind::BadRequest, "Unknown expectation.").with_status(417),
                        code);
                }
                expects_continue = !framing.is_http_1_0;
                break;
            case wire::field::accept_encoding:
                framing.accepts_gzip = accepts_gzip(plain(value));
                break;
            case wire::field::content_type:
                request.content_type = plain(value);
                break;
            case wire::field::cookie:
                return join_cookie(plain(value));
            default:
                break;
        }
        add_header(plain(name), plain(value));
    }

    // Stored lower-case: the names that scripts see.
    void add_header(std::string_view name, std::string_view value) {
        request.headers.join(lower_case(name), value);
    }

    // Alone in not being a list with commas (RFC 9113, 8.2.3).
    void join_cookie(std::string_view value) {
        const std::string* there = request.headers.find("cookie");
        request.headers.set(
            "cookie", there == nullptr ? std::string(value) : *there + "; " + std::string(value));
    }

    void on_header_impl(error_code& code) override {
        is_head_done_ = true;
        framing.keeps_alive = keep_alive();
        if (const std::string* id = request.headers.find("x-request-id");
            id != nullptr && is_request_id(*id)) {
            request_id = *id;
        }
        if (hosts_ > 1 || (hosts_ == 0 && !framing.is_http_1_0)) {
            return refuse(Error(ErrorKind::BadRequest, "Exactly one Host header is needed."), code);
        }
        check(read_method(), code);
        if (!code) {
            check(body_.read_encoding(request.headers), code);
        }
    }

    Status read_method() {
        const std::optional<Verb> verb = verb_of_method(method_);
        if (!verb) {
            return fail(ErrorKind::MethodNotAllowed, "This method is not supported.");
        }
        request.verb = *verb;
        request.is_head = method_ == "HEAD";
        if (request.uri == "*" && request.verb == Verb::Options) {
            request.path = "*";
            return {};
        }
        const std::string target = std::move(request.uri);
        return read_target(target, config_->max_parameters, request);
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
        if (length) {
            BodyReader::expect(*length, request.content);
        }
    }

    std::size_t on_body_impl(string_view piece, error_code& code) override {
        auto taken = body_.add(plain(piece), request.content);
        if (!taken) {
            refuse(std::move(taken).error(), code);
            return 0;
        }
        if (body_.is_paused()) {
            code = wire::error::need_buffer;  // any: it makes the parser stop
        }
        return *taken;
    }

    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code& code) override {
        return on_body_impl(piece, code);
    }

    void on_finish_impl(error_code& code) override {
        check(body_.finish(request), code);
        drop_byte_order_mark(request);
        if (!code && request.verb == Verb::Post) {
            check(override_method(config_->max_parameters, request), code);
        }
    }

    void on_response_impl(int, string_view, int, error_code&) override {}

    const ServerConfig* config_;
    std::string method_;
    std::size_t head_bytes_ = 0;
    std::size_t fields_ = 0;
    std::size_t hosts_ = 0;
    bool is_head_done_ = false;
    BodyReader body_;
    std::optional<Error> failure_;
};

}  // namespace

class RequestParser::Impl {
public:
    explicit Impl(const ServerConfig& config) : config_(config) { begin(); }

    /// Beast's parser reads one message; in an optional the next one needs no allocation.
    void begin() { message_.emplace(config_); }
    Message& message() {
        return *message_;  // NOLINT(bugprone-unchecked-optional-access): the constructor began one
    }

private:
    const ServerConfig& config_;
    std::optional<Message> message_;
};

RequestParser::RequestParser(const ServerConfig& config) : impl_(std::make_unique<Impl>(config)) {}
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
    impl_->begin();
}

Result<std::size_t> RequestParser::put(std::string_view bytes) {
    return impl_->message().put_bytes(bytes);
}

bool RequestParser::has_started() const {
    return impl_->message().got_some();
}

bool RequestParser::is_head_done() const {
    return impl_->message().is_header_done();
}

bool RequestParser::is_done() const {
    return impl_->message().is_done();
}

bool RequestParser::is_paused() const {
    return impl_->message().is_paused();
}

Error RequestParser::too_large() const {
    return impl_->message().too_large();
}

bool RequestParser::expects_continue() const {
    return impl_->message().expects_continue;
}

std::size_t RequestParser::body_bytes() const {
    return impl_->message().request.content.size();
}

Framing RequestParser::framing() const {
    return impl_->message().framing;
}

std::string_view RequestParser::request_id() const {
    return impl_->message().request_id;
}

const Request& RequestParser::request() const {
    return impl_->message().request;
}

Request RequestParser::take() {
    return std::move(impl_->message().request);
}

}  // namespace sluice::http
