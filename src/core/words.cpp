#include "core/words.h"

#include <algorithm>

#include "core/fields.h"

namespace sluice {

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> words;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view word = trimmed(list.substr(0, comma));
        if (!word.empty()) {
            words.emplace_back(word);
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return words;
}

}  // namespace sluice
