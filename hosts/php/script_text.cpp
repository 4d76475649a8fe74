#include "script_text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sluice::php {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// `['name']` or `["name"]` at `at`, blanks allowed: moves `at` behind it. Empty when it is not.
std::string_view literal_index(std::string_view text, std::size_t& at) {
    std::size_t p = at;
    const auto blanks = [&] {
        while (p < text.size() && is_space(text[p])) {
            ++p;
        }
    };
    blanks();
    if (p >= text.size() || text[p] != '[') {
        return {};
    }
    ++p;
    blanks();
    if (p >= text.size() || (text[p] != '\'' && text[p] != '"')) {
        return {};
    }
    const char quote = text[p++];
    const std::size_t from = p;
    while (p < text.size() && (is_word(text[p]) && static_cast<unsigned char>(text[p]) < 0x80)) {
        ++p;
    }
    if (p >= text.size() || text[p] != quote || p == from) {
        return {};
    }
    const std::string_view name = text.substr(from, p - from);
    ++p;
    blanks();
    if (p >= text.size() || text[p] != ']') {
        return {};
    }
    at = p + 1;
    return name;
}

/// Words after which nothing about variables is certain.
constexpr std::array<std::string_view, 11> kOpaque = {
    "include", "require", "eval", "extract",   "compact",  "get_defined_vars",
    "global",  "$$",      "${",   "parse_str", "variables"};

/// Takes in one `$event` at `at` (behind the name). False when it is used in any other way than
/// with literal members.
bool read_event(std::string_view text, std::size_t at, Reads& reads) {
    const std::string_view first = literal_index(text, at);
    if (first == "resource" || first == "stop_propagation") {
        return true;
    }
    if (first != "request" && first != "response") {
        return false;
    }
    const std::string_view second = literal_index(text, at);
    if (second.empty()) {
        return false;
    }
    if (first == "request") {
        reads.parameters |= second == "parameters";
        reads.headers |= second == "headers";
        reads.content |= second == "content";
        reads.payload |= second == "payload";
    } else {
        reads.response_headers |= second == "headers";
        reads.response_content |= second == "content";
    }
    return true;
}

bool read_platform(std::string_view text, std::size_t at, Reads& reads) {
    const std::string_view first = literal_index(text, at);
    reads.session |= first == "session";
    reads.config |= first == "config";
    return !first.empty();
}

/// Calls `use(behind)` for each place where `name` stands in any case. False as soon as one does
/// not begin with `$`, goes on as a longer word, or `use` says no.
template <typename UseFn>
bool each_use(std::string_view folded,
              std::string_view text,
              std::string_view name,
              const UseFn& use) {
    for (std::size_t at = folded.find(name); at != std::string_view::npos;
         at = folded.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if (at == 0 || text[at - 1] != '$' || (at > 1 && text[at - 2] == '$') ||
            (end < text.size() && is_word(text[end])) || text.substr(at, name.size()) != name ||
            !use(end)) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string file_text(std::string_view text) {
    static constexpr std::string_view kTag = "<?php";
    std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
    std::size_t lines = 0;
    while (at < text.size() && is_space(text[at])) {
        lines += text[at] == '\n' ? 1U : 0U;
        ++at;
    }
    std::string_view body = text.substr(at);
    const bool has_tag =
        body.size() >= kTag.size() && std::equal(kTag.begin(), kTag.end(), body.begin(),
                                                 [](char a, char b) { return a == lower(b); });
    if (has_tag) {
        body.remove_prefix(kTag.size());
    } else if (body.starts_with("<?") && !body.starts_with("<?=")) {
        body.remove_prefix(2);  // short tags, as the incumbent strips them too
    }
    std::size_t end = body.size();
    while (end > 0 && is_space(body[end - 1])) {
        --end;
    }
    if (body.substr(0, end).ends_with("?>")) {
        // A statement may lean on the closing tag for its semicolon.
        return std::string("<?php ") + std::string(lines, '\n') +
               std::string(body.substr(0, end - 2)) + "\n;";
    }
    return std::string("<?php ") + std::string(lines, '\n') + std::string(body);
}

Reads reads_of(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    const auto mentions = [&](std::string_view word) {
        return folded.find(word) != std::string::npos;
    };
    const bool is_opaque = std::any_of(kOpaque.begin(), kOpaque.end(), mentions);

    Reads reads{};
    if (is_opaque) {
        return reads;
    }
    reads.form = mentions("_post") || mentions("_request") || mentions("_files");
    reads.query = mentions("_get") || mentions("_request");
    reads.cookies = mentions("_cookie");
    reads.signals = mentions("pcntl");
    Reads used = reads;
    used.parameters = used.headers = used.content = used.payload = false;
    used.response_headers = used.response_content = false;
    if (each_use(folded, text, "event",
                 [&](std::size_t at) { return read_event(text, at, used); })) {
        reads = used;
    }
    used = reads;
    used.session = used.config = false;
    if (each_use(folded, text, "platform",
                 [&](std::size_t at) { return read_platform(text, at, used); })) {
        reads = used;
    }
    return reads;
}

}  // namespace sluice::php
