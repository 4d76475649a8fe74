#include "script/api_options.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::script {
namespace {

constexpr std::string_view kCurlPrefix = "CURLOPT_";

struct CurlOption {
    std::string_view name;
    std::string_view number;
};

constexpr CurlOption kHttpHeader{"CURLOPT_HTTPHEADER", "10023"};

// Ignoring one of these would make another call than the one the script describes.
constexpr std::array kRefused{
    CurlOption{"CURLOPT_URL", "10002"},
    CurlOption{"CURLOPT_CUSTOMREQUEST", "10036"},
    CurlOption{"CURLOPT_HTTPGET", "80"},
    CurlOption{"CURLOPT_NOBODY", "44"},
    CurlOption{"CURLOPT_POST", "47"},
    CurlOption{"CURLOPT_PUT", "54"},
    CurlOption{"CURLOPT_UPLOAD", "46"},
    CurlOption{"CURLOPT_POSTFIELDS", "10015"},
    CurlOption{"CURLOPT_COPYPOSTFIELDS", "10165"},
    CurlOption{"CURLOPT_HTTPPOST", "10024"},
    CurlOption{"CURLOPT_MIMEPOST", "10269"},
    CurlOption{"CURLOPT_INFILE", "10009"},
    CurlOption{"CURLOPT_READDATA", "10009"},
};

bool is(std::string_view name, const CurlOption& option) {
    return name == option.name || name == option.number;
}

bool is_curl(std::string_view name) {
    return name.starts_with(kCurlPrefix) || (!name.empty() && std::ranges::all_of(name, [](char c) {
               return c >= '0' && c <= '9';
           }));
}

// "Name: value"; anything else says nothing.
void add_line(Headers& headers, std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = trimmed(line.substr(0, colon));
    if (colon != std::string_view::npos && !name.empty() && !headers.contains(name)) {
        headers.set(name, std::string(trimmed(line.substr(colon + 1))));
    }
}

// A list of lines, or a map.
void add_headers(Headers& headers, const std::string& text) {
    json::error_code code;
    const json::value value = json::parse(text, code);
    if (code) {
        return;
    }
    if (const json::array* lines = value.if_array()) {
        for (const json::value& line : *lines) {
            add_line(headers, line.is_string() ? std::string_view(line.get_string()) : "");
        }
    } else if (const json::object* map = value.if_object()) {
        for (const auto& [name, member] : *map) {
            if (member.is_string() && !headers.contains(name)) {
                headers.set(name, std::string(member.get_string()));
            }
        }
    }
}

}  // namespace

Status apply_options(ApiCall& call, bool bare_headers) {
    const auto is_known = [](const Fields::Entry& option) {
        return option.first == "headers" || is_curl(option.first);
    };
    if (bare_headers && call.headers.empty() && call.parameters.empty() &&
        std::ranges::none_of(call.options, is_known)) {
        call.headers = std::move(call.options);
        return {};
    }
    for (const auto& [name, value] : call.options) {
        if (name == "headers" || is(name, kHttpHeader)) {
            add_headers(call.headers, value);
        } else if (!is_curl(name)) {
            return fail(ErrorKind::BadRequest, "platform.api knows no option '" + name + "'.");
        } else if (std::ranges::any_of(
                       kRefused, [&name](const CurlOption& option) { return is(name, option); })) {
            return fail(ErrorKind::BadRequest,
                        "platform.api does not take the option '" + name +
                            "': the verb, the path and the payload are arguments of the call.");
        }
    }
    return {};
}

}  // namespace sluice::script
