#pragma once
/// Reads JSON in one pass without making a tree, and keeps the text of numbers and nested values
/// as it came: nothing goes through a double.

#include <array>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace sluice {

/// A pull reader. After a fault every call says "no more"; `finish` tells what was wrong.
/// Shape: strict RFC 8259, at most kMaxJsonDepth deep. The text must outlive the reader.
class JsonReader {
public:
    enum class Type { Object, Array, String, Number, True, False, Null, End };

    explicit JsonReader(std::string_view text) : text_(text) {}

    /// What comes next. End at the end of the text or after a fault.
    Type peek();
    /// Consumes the opening bracket of an object or array. False when the next is neither.
    bool open();
    /// The next key of the open object; false after its end, which is consumed.
    bool next_key(std::string& key);
    /// True before each element of the open array; false after its end, which is consumed.
    bool next_item();
    /// The text of the next value, whatever it is, checked.
    std::string_view raw();
    /// The next value, decoded. It must be a string.
    std::string string();

    bool has_failed() const { return fault_ != nullptr; }
    std::size_t position() const { return at_; }
    /// Errors: BadRequest with the byte of the first fault, or of what follows the value.
    Status finish(std::string_view what);

private:
    void skip_blank();
    void fail_with(const char* expected);
    bool consume(char c);
    bool skip_value();
    bool skip_string();
    bool skip_number();
    bool skip_word(std::string_view word);
    bool skip_digits();
    bool next_in(char closing);

    std::string_view text_;
    std::size_t at_ = 0;
    const char* fault_ = nullptr;
    std::size_t depth_ = 0;
    bool is_too_deep_ = false;
    /// Per open bracket: whether something was read in it.
    std::array<bool, kMaxJsonDepth + 1> has_items_{};
};

bool is_json(std::string_view text);
/// A number by the grammar of JSON.
bool is_json_number(std::string_view text);

}  // namespace sluice
