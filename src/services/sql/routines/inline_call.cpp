#include "services/sql/routines/inline_call.h"

#include "core/fields.h"
#include "core/json_reader.h"

namespace sluice::services::sql {
namespace {

/// Reads what stands between the brackets, value by value.
class ValueReader {
public:
    explicit ValueReader(std::string_view text) : text_(text) {}

    Result<std::vector<Input>> read() {
        std::vector<Input> values;
        skip_blank();
        if (next() == ')') {
            ++at_;
            return values;
        }
        while (true) {
            if (values.size() >= kMaxArguments) {
                return fail(ErrorKind::BadRequest, "The brackets of the path hold more than " +
                                                       std::to_string(kMaxArguments) + " values.");
            }
            number_ = values.size() + 1;
            SLUICE_TRY(auto value, read_value());
            values.push_back(std::move(value));
            skip_blank();
            const char after = next();
            ++at_;
            if (after == ')') {
                return values;
            }
            if (after != ',') {
                return wrong(after == '\0' ? "the brackets do not close"
                                           : "a comma or the closing bracket is missing after it");
            }
        }
    }

    std::string_view rest() const { return text_.substr(std::min(at_, text_.size())); }

private:
    char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_blank() {
        while (next() == ' ' || next() == '\t') {
            ++at_;
        }
    }

    tl::unexpected<Error> wrong(const std::string& why) const {
        return fail(ErrorKind::BadRequest,
                    "Value " + std::to_string(number_) +
                        " in the brackets of the path cannot be read: " + why + ".");
    }

    Result<Input> read_value() {
        skip_blank();
        return next() == '\'' || next() == '"' ? read_quoted() : read_bare();
    }

    Result<Input> read_quoted() {
        const char quote = text_[at_++];
        Input input{Input::Form::Text, {}};
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == quote && next() != quote) {
                return input;
            }
            at_ += c == quote ? 1 : 0;
            input.text.push_back(c);
        }
        return wrong("its quote does not end");
    }

    Result<Input> read_bare() {
        const std::size_t end = std::min(text_.find_first_of(",()'\"", at_), text_.size());
        const std::string_view word = trimmed(text_.substr(at_, end - at_));
        at_ = end;
        if (word.empty()) {
            return wrong("there is none; an empty text is ''");
        }
        if (next() == '(' || next() == '\'' || next() == '"') {
            return wrong("text with brackets or quotes stands in quotes");
        }
        if (is_json_number(word)) {
            return Input{Input::Form::Number, std::string(word)};
        }
        for (const auto& [name, form] :
             {std::pair("null", Input::Form::Null), std::pair("true", Input::Form::True),
              std::pair("false", Input::Form::False)}) {
            if (equals_ignoring_case(word, name)) {
                return Input{form, {}};
            }
        }
        return Input{Input::Form::Text, std::string(word)};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t number_ = 1;
};

}  // namespace

Result<InlineCall> read_inline_call(std::string_view segment) {
    InlineCall call;
    const std::size_t open = segment.find('(');
    call.name = segment.substr(0, open);
    if (open == std::string_view::npos) {
        return call;
    }
    ValueReader reader(segment.substr(open + 1));
    SLUICE_TRY(call.values, reader.read());
    if (!trimmed(reader.rest()).empty()) {
        return fail(ErrorKind::BadRequest, "Nothing may follow the closing bracket of the path.");
    }
    return call;
}

}  // namespace sluice::services::sql
