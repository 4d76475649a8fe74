#include "core/fields.h"

#include <algorithm>

#include "core/json.h"

namespace sluice {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

const std::string* Fields::find(std::string_view name) const {
    const auto found = std::ranges::find_if(
        entries_, [name](const Entry& entry) { return equals_ignoring_case(entry.first, name); });
    return found == entries_.end() ? nullptr : &found->second;
}

std::string_view Fields::get_or(std::string_view name, std::string_view fallback) const {
    const std::string* found = find(name);
    return found == nullptr ? fallback : std::string_view(*found);
}

bool Fields::is_on(std::string_view name) const {
    const std::string* found = find(name);
    return found != nullptr && is_truthy(*found);
}

void Fields::set(std::string_view name, std::string value) {
    for (Entry& entry : entries_) {
        if (equals_ignoring_case(entry.first, name)) {
            entry.second = std::move(value);
            return;
        }
    }
    entries_.emplace_back(std::string(name), std::move(value));
}

void Fields::join(std::string_view name, std::string_view value) {
    for (Entry& entry : entries_) {
        if (equals_ignoring_case(entry.first, name)) {
            entry.second.append(", ").append(value);
            return;
        }
    }
    entries_.emplace_back(std::string(name), std::string(value));
}

void Fields::remove(std::string_view name) {
    std::erase_if(entries_,
                  [name](const Entry& entry) { return equals_ignoring_case(entry.first, name); });
}

void Fields::append_json(std::string& out) const {
    out.push_back('{');
    bool first = true;
    for (const auto& [name, value] : entries_) {
        if (!first) {
            out.push_back(',');
        }
        first = false;
        append_json_string(out, name);
        out.push_back(':');
        append_json_string(out, value);
    }
    out.push_back('}');
}

}  // namespace sluice
