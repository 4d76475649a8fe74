#include "services/sql/labels.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

struct Irregular {
    std::string_view one;
    std::string_view many;
};

constexpr std::array kIrregular{
    Irregular{"person", "people"}, Irregular{"child", "children"}, Irregular{"man", "men"},
    Irregular{"woman", "women"},   Irregular{"foot", "feet"},      Irregular{"tooth", "teeth"},
    Irregular{"mouse", "mice"},    Irregular{"goose", "geese"},    Irregular{"leaf", "leaves"},
    Irregular{"shelf", "shelves"}, Irregular{"life", "lives"},     Irregular{"knife", "knives"},
    Irregular{"hero", "heroes"},   Irregular{"potato", "potatoes"}};

constexpr std::array<std::string_view, 16> kSameInPlural{
    "data",   "metadata", "information", "equipment", "news",  "series", "species",  "sheep",
    "people", "children", "men",         "women",     "money", "media",  "feedback", "software"};

bool is_vowel(char c) {
    return std::string_view("aeiou").find(c) != std::string_view::npos;
}

/// What is cut from the end of a lower-case word, and what comes in its place.
struct Ending {
    std::size_t cut;
    std::string_view added;
};

Ending ending_of(std::string_view word) {
    if (std::ranges::find(kSameInPlural, word) != kSameInPlural.end()) {
        return {0, ""};
    }
    for (const std::string_view end : {"ss", "us", "x", "ch", "sh", "zz"}) {
        if (word.ends_with(end)) {
            return {0, "es"};
        }
    }
    if (word.ends_with("sis")) {
        return {2, "es"};  // analysis
    }
    if (word.ends_with('s')) {
        return {0, ""};  // is one already
    }
    if (word.ends_with('y') && word.size() > 1 && !is_vowel(word[word.size() - 2])) {
        return {1, "ies"};
    }
    return {0, "s"};
}

}  // namespace

std::string label_of(std::string_view name) {
    std::string label(name);
    bool starts_word = true;
    for (char& c : label) {
        if (c == '_' || c == ' ') {
            c = ' ';
            starts_word = true;
            continue;
        }
        if (starts_word && c >= 'a' && c <= 'z') {
            c = static_cast<char>(c - 'a' + 'A');
        }
        starts_word = false;
    }
    return label;
}

std::string plural_of(std::string_view label) {
    const std::size_t blank = label.rfind(' ');
    const std::size_t start = blank == std::string_view::npos ? 0 : blank + 1;
    std::string plural(label);
    const std::string word = lower_case(label.substr(start));
    if (word.empty()) {
        return plural;
    }
    for (const Irregular& known : kIrregular) {
        if (word == known.one) {
            // The first letter stays as it is written, unless it changes.
            const bool keeps_first = known.one.front() == known.many.front();
            plural.replace(start + (keeps_first ? 1 : 0), std::string::npos,
                           known.many.substr(keeps_first ? 1 : 0));
            return plural;
        }
    }
    const Ending ending = ending_of(word);
    plural.resize(plural.size() - ending.cut);
    return plural.append(ending.added);
}

}  // namespace sluice::services::sql
