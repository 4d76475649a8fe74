#include "services/sql/alter/ddl_tokens.h"

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '.';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// Walks over the text; npos when what begins at `at` has no end.
class Walker {
public:
    Walker(std::string_view sql, bool escapes) : sql_(sql), escapes_(escapes) {}

    std::size_t after_blanks(std::size_t at) const {
        while (at < sql_.size()) {
            if (is_blank(sql_[at])) {
                ++at;
            } else if (sql_.substr(at, 2) == "--") {
                at = std::min(sql_.find('\n', at), sql_.size());
            } else if (sql_.substr(at, 2) == "/*" && !is_hidden(at)) {
                const std::size_t end = sql_.find("*/", at + 2);
                at = end == std::string_view::npos ? sql_.size() : end + 2;
            } else {
                break;
            }
        }
        return at;
    }

    /// `/*!80023 INVISIBLE */`: MySQL hides from others what it runs.
    bool is_hidden(std::size_t at) const {
        const std::string_view rest = sql_.substr(at);
        return escapes_ && (rest.starts_with("/*!") || rest.starts_with("/*M!"));
    }

    std::size_t after_hidden(std::size_t at) const {
        const std::size_t end = sql_.find("*/", at);
        return end == std::string_view::npos ? end : end + 2;
    }

    std::size_t after_quoted(std::size_t at) const {
        const char close = sql_[at] == '[' ? ']' : sql_[at];
        for (++at; at < sql_.size(); ++at) {
            if (escapes_ && close == '\'' && sql_[at] == '\\') {
                ++at;
            } else if (sql_[at] == close) {
                if (close == ']' || at + 1 >= sql_.size() || sql_[at + 1] != close) {
                    return at + 1;
                }
                ++at;  // doubled
            }
        }
        return std::string_view::npos;
    }

    std::size_t after_group(std::size_t at) const {
        int depth = 0;
        while (at < sql_.size()) {
            const char c = sql_[at];
            if (c == '\'' || c == '"' || c == '`' || c == '[') {
                at = after_quoted(at);
                continue;
            }
            if (is_hidden(at)) {
                at = after_hidden(at);
                continue;
            }
            if (const std::size_t next = after_blanks(at); next != at) {
                at = next;
                continue;
            }
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            ++at;
            if (depth == 0) {
                return at;
            }
        }
        return std::string_view::npos;
    }

    std::size_t after_word(std::size_t at) const {
        while (at < sql_.size() && is_word(sql_[at])) {
            ++at;
        }
        return at;
    }

private:
    std::string_view sql_;
    bool escapes_;
};

DdlToken::Form form_at(char c) {
    switch (c) {
        case '(':
            return DdlToken::Form::Group;
        case '\'':
            return DdlToken::Form::Text;
        case '"':
        case '`':
        case '[':
            return DdlToken::Form::Name;
        default:
            return is_word(c) ? DdlToken::Form::Word : DdlToken::Form::Mark;
    }
}

}  // namespace

bool DdlToken::is(std::string_view word) const {
    return form == Form::Word && equals_ignoring_case(text, word);
}

Result<std::vector<DdlToken>> ddl_tokens(std::string_view sql, bool escapes_with_backslash) {
    const Walker walker(sql, escapes_with_backslash);
    std::vector<DdlToken> tokens;
    for (std::size_t at = walker.after_blanks(0); at < sql.size();) {
        const DdlToken::Form form = form_at(sql[at]);
        std::size_t end = at + 1;
        switch (form) {
            case DdlToken::Form::Group:
                end = walker.after_group(at);
                break;
            case DdlToken::Form::Text:
            case DdlToken::Form::Name:
                end = walker.after_quoted(at);
                break;
            case DdlToken::Form::Word:
                end = walker.after_word(at);
                break;
            case DdlToken::Form::Mark:
                end = walker.is_hidden(at) ? walker.after_hidden(at) : end;
                break;
        }
        if (end == std::string_view::npos) {
            return fail(ErrorKind::NotImplemented,
                        "The definition of the table cannot be read, so that it cannot be "
                        "changed here.");
        }
        tokens.push_back({form, sql.substr(at, end - at)});
        at = walker.after_blanks(end);
    }
    return tokens;
}

std::string name_of(const DdlToken& token) {
    if (token.form != DdlToken::Form::Name && token.form != DdlToken::Form::Text) {
        return std::string(token.text);
    }
    const char close = token.text.back();
    std::string name;
    for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
        name.push_back(token.text[i]);
        if (token.text[i] == close) {
            ++i;  // doubled
        }
    }
    return name;
}

}  // namespace sluice::services::sql
