#include "pipeline/file_name.h"

#include <algorithm>

#include "core/utf8.h"

namespace sluice::pipeline {
namespace {

// Some file systems take 255 bytes, and whoever saves it may add to it.
constexpr std::size_t kMaxBytes = 150;
constexpr std::string_view kRefused = "\"*/:<>?\\|%;";

bool is_unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
}

std::string percent_encoded(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
        }
    }
    return out;
}

}  // namespace

std::string safe_file_name(std::string_view name) {
    name = name.substr(name.find_last_of("/\\") + 1);
    name.remove_prefix(std::min(name.find_first_not_of(". "), name.size()));
    std::string safe;
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t length = utf8_length_at(name, at);
        const auto byte = static_cast<unsigned char>(name[at]);
        const bool is_refused = length == 0 || byte < 0x20 || byte == 0x7F ||
                                kRefused.find(name[at]) != std::string_view::npos;
        safe.append(is_refused ? std::string_view("_") : name.substr(at, length));
        at += std::max<std::size_t>(length, 1);
    }
    if (safe.size() > kMaxBytes) {
        const std::size_t dot = std::max(safe.rfind('.'), safe.size() - 5);
        const std::string extension = safe.substr(std::min(dot, safe.size()));
        std::size_t end = kMaxBytes - extension.size();
        while ((static_cast<unsigned char>(safe[end]) & 0xC0U) == 0x80U) {
            --end;  // not within a character
        }
        safe = safe.substr(0, end) + extension;
    }
    return safe.empty() ? "file" : safe;
}

std::string content_disposition(std::string_view safe_name) {
    std::string plain(safe_name);
    std::ranges::replace_if(
        plain, [](char c) { return static_cast<unsigned char>(c) > 0x7E; }, '_');
    std::string value = "attachment; filename=\"" + plain + "\";";
    if (plain != safe_name) {
        value.append(" filename*=UTF-8''").append(percent_encoded(safe_name));
    }
    return value;
}

}  // namespace sluice::pipeline
