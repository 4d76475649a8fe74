#include "store/database.h"

namespace sluice::store {

std::string text_of(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*number);
    }
    return {};
}

std::int64_t integer_of(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return *number;
    }
    const auto* flag = std::get_if<bool>(&value);
    return flag != nullptr && *flag ? 1 : 0;
}

bool boolean_of(const Value& value) {
    return integer_of(value) != 0;
}

}  // namespace sluice::store
