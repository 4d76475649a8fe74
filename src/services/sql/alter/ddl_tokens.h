#pragma once
/// SQL text of a definition -> its words, names, texts and groups in brackets.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sluice::services::sql {

struct DdlToken {
    enum class Form {
        Word,   ///< a word or a number
        Name,   ///< in "", `` or []
        Text,   ///< in ''
        Group,  ///< all from "(" to its ")"
        Mark,   ///< any other character, or what MySQL keeps in a comment
    };
    Form form = Form::Mark;
    std::string_view text;

    bool is(std::string_view word) const;
};

/// Shape:  comments and blanks are left out; `text` points into `sql`.
/// Errors: NotImplemented when something that was opened is not closed.
Result<std::vector<DdlToken>> ddl_tokens(std::string_view sql, bool escapes_with_backslash);

/// The name that a word or a quoted name stands for.
std::string name_of(const DdlToken& token);

}  // namespace sluice::services::sql
