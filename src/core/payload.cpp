#include "core/payload.h"

#include <simdjson.h>

#include "core/formats/csv_reader.h"
#include "core/formats/form_reader.h"
#include "core/formats/xml_reader.h"
#include "core/json.h"
#include "core/response.h"
#include "core/utf8.h"

namespace sluice {
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

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

std::string media_type_of(std::string_view content_type) {
    return lower_case(trimmed(content_type.substr(0, content_type.find(';'))));
}

bool looks_like_json(std::string_view content) {
    const std::string_view text = trimmed(content);
    return !text.empty() && (text.front() == '{' || text.front() == '[');
}

bool is_csv(std::string_view type) {
    return type == "text/csv" || type == "application/csv" || type == "application/x-csv";
}

bool is_xml(std::string_view type) {
    return type.ends_with("/xml") || type.ends_with("+xml");
}

bool is_json_type(std::string_view type) {
    return type == kJsonType || type.ends_with("+json");
}

/// What a body without a telling type is, by its looks.
Result<PayloadForm> sniffed(std::string_view content, const std::string& type) {
    if (looks_like_json(content)) {
        return PayloadForm::Json;
    }
    if (looks_like_xml(content)) {
        return PayloadForm::Xml;
    }
    if (!type.starts_with("multipart/") && looks_like_csv(content)) {
        return PayloadForm::Csv;
    }
    return fail(ErrorKind::BadRequest, "Unrecognized payload type '" + type + "'.");
}

}  // namespace

Result<PayloadForm> payload_form_of(const Request& request) {
    if (request.content.empty()) {
        return PayloadForm::Empty;
    }
    const std::string type = media_type_of(request.content_type);
    if (is_json_type(type)) {
        return PayloadForm::Json;
    }
    // curl -d sends this type by default: a body that is JSON to the eye is taken as JSON.
    if (type == kFormType) {
        return looks_like_json(request.content) ? PayloadForm::Json : PayloadForm::Form;
    }
    if (type == "text/plain") {
        return PayloadForm::Text;
    }
    if (is_csv(type)) {
        return PayloadForm::Csv;
    }
    if (is_xml(type)) {
        return PayloadForm::Xml;
    }
    return sniffed(request.content, type);
}

Result<PayloadForm> record_form_of(const Request& request) {
    if (request.content.empty()) {
        return PayloadForm::Empty;
    }
    if (request.content_type == kJsonType) {  // nearly all
        return PayloadForm::Json;
    }
    const std::string type = media_type_of(request.content_type);
    if (is_json_type(type)) {
        return PayloadForm::Json;
    }
    if (is_csv(type)) {
        return PayloadForm::Csv;
    }
    if (is_xml(type)) {
        return PayloadForm::Xml;
    }
    if (type.empty()) {
        return sniffed(request.content, type);
    }
    if (!type.starts_with("multipart/") && looks_like_json(request.content)) {
        return PayloadForm::Json;
    }
    if (type == kFormType) {
        return PayloadForm::Form;
    }
    return fail(ErrorKind::UnsupportedMedia,
                "A body of type '" + type +
                    "' is not accepted here; send JSON, CSV, XML or a form (application/json, "
                    "text/csv, application/xml, application/x-www-form-urlencoded).");
}

Result<std::optional<std::string>> converted_payload(const Request& request) {
    SLUICE_TRY(const PayloadForm form, payload_form_of(request));
    switch (form) {
        case PayloadForm::Empty:
            return std::nullopt;
        case PayloadForm::Json: {
            thread_local simdjson::dom::parser parser(std::size_t{256} << 20U);
            // 0.7 us for 2 KB, where a DOM of our own costs 2.4: only validity matters here.
            if (parser.parse(request.content).error() != simdjson::SUCCESS) {
                // The slow parser knows where the fault is.
                SLUICE_TRY(const json::value value, parse_json(request.content, "request body"));
                static_cast<void>(value);
            }
            return std::nullopt;
        }
        case PayloadForm::Form:
            return json_of_form(request.content);
        case PayloadForm::Text:
            return json_string(request.content);
        case PayloadForm::Csv:
            return json_of_csv(request.content);
        case PayloadForm::Xml:
            return json_of_xml(request.content);
    }
    return std::nullopt;
}

Status check_json_type(const Request& request) {
    if (request.content.empty()) {
        return {};
    }
    const std::string type = media_type_of(request.content_type);
    const bool is_other = is_csv(type) || is_xml(type) || type.starts_with("multipart/");
    if (is_json_type(type) || type.empty() || (!is_other && looks_like_json(request.content))) {
        return {};
    }
    return fail(
        ErrorKind::UnsupportedMedia,
        "A body of type '" + type + "' is not accepted here; send JSON (application/json).");
}

void drop_byte_order_mark(Request& request) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    if (request.content.starts_with(kMark) &&
        looks_like_json(std::string_view(request.content).substr(kMark.size()))) {
        request.content.erase(0, kMark.size());
    }
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            kPlain.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else {
            out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
        }
    }
    return out;
}

Status percent_decode(std::string_view text, Plus plus, std::string_view where, std::string& out) {
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
        } else if (c == '+' && plus == Plus::IsBlank) {
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

Result<Parameters> parse_query(std::string_view query, std::size_t max_parameters) {
    Parameters parameters;
    std::string name;
    std::string value;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = pair.find('=');
        SLUICE_CHECK(percent_decode(pair.substr(0, equals), Plus::IsBlank, "query", name));
        value.clear();
        if (equals != std::string_view::npos) {
            SLUICE_CHECK(percent_decode(pair.substr(equals + 1), Plus::IsBlank, "query", value));
        }
        parameters.set(name, std::move(value));
        if (parameters.size() > max_parameters) {
            return fail(ErrorKind::BadRequest, "Too many parameters.");
        }
    }
    return parameters;
}

}  // namespace sluice
