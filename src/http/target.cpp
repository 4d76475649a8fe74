#include "http/target.h"

#include "core/utf8.h"

namespace sluice::http {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

enum class Plus { Stays, IsSpace };

Status decode(std::string_view text, Plus plus, std::string_view where, std::string& out) {
    out.clear();
    out.reserve(text.size());
    bool is_ascii = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return fail(ErrorKind::BadRequest,
                            "Broken percent-encoding in the " + std::string(where) + ".");
            }
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus == Plus::IsSpace) {
            c = ' ';
        }
        if (c == '\0') {
            return fail(ErrorKind::BadRequest,
                        "NUL is not allowed in the " + std::string(where) + ".");
        }
        is_ascii = is_ascii && static_cast<unsigned char>(c) < 0x80;
        out.push_back(c);
    }
    if (!is_ascii && !is_utf8(out)) {
        return fail(ErrorKind::BadRequest, "The " + std::string(where) + " is not UTF-8.");
    }
    return {};
}

// The path and query of an absolute-form target, as proxies send it; empty when it is none.
std::string_view after_authority(std::string_view target) {
    const std::size_t scheme = target.find("://");
    if (scheme != 4 && scheme != 5) {
        return {};
    }
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

}  // namespace

Status read_form(std::string_view text, std::size_t max_parameters, Parameters& parameters) {
    std::string name;
    std::string value;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = pair.find('=');
        SLUICE_CHECK(decode(pair.substr(0, equals), Plus::IsSpace, "query", name));
        value.clear();
        if (equals != std::string_view::npos) {
            SLUICE_CHECK(decode(pair.substr(equals + 1), Plus::IsSpace, "query", value));
        }
        parameters.set(name, std::move(value));
        if (parameters.size() > max_parameters) {
            return fail(ErrorKind::BadRequest, "Too many parameters.");
        }
    }
    return {};
}

Status read_target(std::string_view target, std::size_t max_parameters, Request& request) {
    request.uri = target;
    request.parameters = {};
    if (!target.starts_with('/')) {
        target = after_authority(target);
        if (target.empty()) {
            return fail(ErrorKind::BadRequest, "The request target is not a path.");
        }
    }
    const std::size_t query = target.find('?');
    SLUICE_CHECK(decode(target.substr(0, query), Plus::Stays, "path", request.path));
    if (request.path.empty()) {
        request.path = "/";
    }
    if (query == std::string_view::npos) {
        return {};
    }
    return read_form(target.substr(query + 1), max_parameters, request.parameters);
}

}  // namespace sluice::http
