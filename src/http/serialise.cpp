#include "http/serialise.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/final_status.h"
#include "core/log.h"

namespace sluice::http {
namespace {

struct StatusText {
    int status;
    std::string_view text;
};

// In order. Others from 200 to 599 go out without a text. 1xx is not here: an answer ends the
// exchange, those do not.
constexpr std::array kStatuses{
    StatusText{200, "OK"},
    StatusText{201, "Created"},
    StatusText{202, "Accepted"},
    StatusText{203, "Non-Authoritative Information"},
    StatusText{204, "No Content"},
    StatusText{205, "Reset Content"},
    StatusText{206, "Partial Content"},
    StatusText{207, "Multi-Status"},
    StatusText{208, "Already Reported"},
    StatusText{226, "IM Used"},
    StatusText{300, "Multiple Choices"},
    StatusText{301, "Moved Permanently"},
    StatusText{302, "Found"},
    StatusText{303, "See Other"},
    StatusText{304, "Not Modified"},
    StatusText{305, "Use Proxy"},
    StatusText{307, "Temporary Redirect"},
    StatusText{308, "Permanent Redirect"},
    StatusText{400, "Bad Request"},
    StatusText{401, "Unauthorized"},
    StatusText{402, "Payment Required"},
    StatusText{403, "Forbidden"},
    StatusText{404, "Not Found"},
    StatusText{405, "Method Not Allowed"},
    StatusText{406, "Not Acceptable"},
    StatusText{407, "Proxy Authentication Required"},
    StatusText{408, "Request Timeout"},
    StatusText{409, "Conflict"},
    StatusText{410, "Gone"},
    StatusText{411, "Length Required"},
    StatusText{412, "Precondition Failed"},
    StatusText{413, "Content Too Large"},
    StatusText{414, "URI Too Long"},
    StatusText{415, "Unsupported Media Type"},
    StatusText{416, "Range Not Satisfiable"},
    StatusText{417, "Expectation Failed"},
    StatusText{418, "I'm a teapot"},
    StatusText{421, "Misdirected Request"},
    StatusText{422, "Unprocessable Content"},
    StatusText{423, "Locked"},
    StatusText{424, "Failed Dependency"},
    StatusText{425, "Too Early"},
    StatusText{426, "Upgrade Required"},
    StatusText{428, "Precondition Required"},
    StatusText{429, "Too Many Requests"},
    StatusText{431, "Request Header Fields Too Large"},
    StatusText{451, "Unavailable For Legal Reasons"},
    StatusText{500, "Internal Server Error"},
    StatusText{501, "Not Implemented"},
    StatusText{502, "Bad Gateway"},
    StatusText{503, "Service Unavailable"},
    StatusText{504, "Gateway Timeout"},
    StatusText{505, "HTTP Version Not Supported"},
    StatusText{506, "Variant Also Negotiates"},
    StatusText{507, "Insufficient Storage"},
    StatusText{508, "Loop Detected"},
    StatusText{510, "Not Extended"},
    StatusText{511, "Network Authentication Required"},
};
static_assert(std::ranges::is_sorted(kStatuses, {}, &StatusText::status));

std::string_view text_of(int status) {
    const auto* found = std::ranges::lower_bound(kStatuses, status, {}, &StatusText::status);
    return found == kStatuses.end() || found->status != status ? std::string_view() : found->text;
}

// What belongs to this connection or is written by us; a script's word on it would lie.
constexpr std::array<std::string_view, 13> kOurs{
    "connection", "content-length",     "content-type",     "date",
    "keep-alive", "proxy-authenticate", "proxy-connection", "te",
    "trailer",    "transfer-encoding",  "upgrade",          "x-request-id",
    "server"};

bool is_ours(std::string_view name) {
    return std::ranges::any_of(
        kOurs, [name](std::string_view ours) { return equals_ignoring_case(ours, name); });
}

bool is_token(std::string_view name) {
    static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

// No control character: a CR or LF would begin a header, or an answer, of the attacker's making.
bool is_one_line(std::string_view value) {
    return std::ranges::all_of(value, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
    });
}

void warn_of_header(std::string_view name, std::string_view request_id) {
    log::warn("http",
              "the answer goes out without its header '" + std::string(name.substr(0, 64)) +
                  "': the name is none, or the value holds control characters",
              request_id);
}

void append_header(std::string_view name, std::string_view value, std::string& out) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::size_t number, std::string& out) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

std::string_view content_type_of(const Response& response) {
    const std::string_view type = response.content_type.empty()
                                      ? response.headers.get_or("content-type", "")
                                      : std::string_view(response.content_type);
    return is_one_line(type) ? type : std::string_view();
}

bool has_content(const Response& response) {
    return !response.content.empty() || response.rest;
}

}  // namespace

int wire_status(int status) {
    return is_final_status(status) ? status : 500;
}

bool may_have_content(int status) {
    return status != 204 && status != 304;
}

bool is_compressible(const Response& response, std::size_t from_bytes) {
    const bool is_small = response.content.size() < from_bytes && !response.rest;
    if (from_bytes == 0 || is_small || !may_have_content(response.status) ||
        response.status == 206 || response.headers.contains("content-encoding")) {
        return false;
    }
    const std::string type = lower_case(content_type_of(response).substr(0, 64));
    if (type.starts_with("text/event-stream")) {
        return false;  // an event is to go out when it happens, not when a block is full
    }
    return type.starts_with("text/") || type.find("json") != std::string::npos ||
           type.find("xml") != std::string::npos || type.find("javascript") != std::string::npos;
}

void append_chunk_size(std::size_t bytes, std::string& out) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes, 16).ptr;
    out.append(digits.data(), end).append("\r\n");
}

bool sends_content(const Response& response, const Envelope& envelope) {
    return !envelope.is_head && may_have_content(response.status);
}

void append_head(const Response& response, const Envelope& envelope, std::string& out) {
    const int status = wire_status(response.status);
    out.append("HTTP/1.1 ");
    append_number(static_cast<std::size_t>(status), out);
    out.append(" ").append(text_of(status)).append("\r\n");
    append_header("Date", envelope.date, out);
    if (!is_one_line(response.content_type)) {
        warn_of_header("Content-Type", envelope.request_id);
    }
    if (const std::string_view type = content_type_of(response);
        !type.empty() && has_content(response)) {
        append_header("Content-Type", type, out);
    }
    if (may_have_content(status) && response.rest) {
        out.append("Transfer-Encoding: chunked\r\n");
    } else if (may_have_content(status)) {
        out.append("Content-Length: ");
        append_number(response.content.size(), out);
        out.append("\r\n");
    }
    if (envelope.is_gzip) {
        out.append("Content-Encoding: gzip\r\n");
    }
    if (!envelope.framing.keeps_alive) {
        out.append("Connection: close\r\n");
    } else if (envelope.framing.is_http_1_0) {
        out.append("Connection: keep-alive\r\n");
    }
    append_header("X-Request-Id", envelope.request_id, out);
    for (const auto& [name, value] : response.headers) {
        if (!is_token(name) || !is_one_line(value)) {
            warn_of_header(name, envelope.request_id);
        } else if (!is_ours(name)) {
            append_header(name, value, out);
        }
    }
    out.append("\r\n");
}

}  // namespace sluice::http
