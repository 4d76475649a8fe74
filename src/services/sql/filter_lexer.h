#pragma once
/// Cuts a filter into its pieces. What stands in quotes is opaque: operators, commas, brackets and
/// `%` in there are text.

#include <string>
#include <string_view>

#include "services/sql/filter.h"

namespace sluice::services::sql {

/// The words between operands, where values may be bare text with spaces in them: the parser
/// says what it looks for, the lexer finds where it ends.
///
/// Shape: positions are bytes from 0. Words are compared ignoring case.
class FilterLexer {
public:
    explicit FilterLexer(std::string_view text) : text_(text) {}

    void skip_blank();
    bool at_end();
    std::size_t position() const { return at_; }
    void go_to(std::size_t position) { at_ = position; }

    /// Consumes `symbol` when it comes next.
    bool take_symbol(std::string_view symbol);
    /// Consumes `words` ("STARTS WITH") when they come next as whole words, any blanks between.
    bool take_words(std::string_view words);
    /// Whether the whole word comes next; consumes nothing.
    bool sees_word(std::string_view word);
    /// Whether text in quotes comes next.
    bool sees_quote();

    /// The inside of the quotes that come next. A backslash keeps the quote or backslash after it,
    /// a doubled quote is one. Errors: BadRequest when they do not close.
    Result<std::string> quoted();
    /// A column name: plain words up to an operator, a name in quotes or brackets, or an aggregate.
    Result<std::string> field();
    /// Bare text up to a logical word, a closing bracket that it did not open or, in a list, a
    /// comma; without the blanks around it.
    std::string bare(bool is_in_list);

private:
    Result<std::string> aggregate(std::string_view function);
    bool is_word_at(std::size_t at, std::string_view word) const;
    bool is_logical_at(std::size_t at) const;
    bool is_operator_at(std::size_t at) const;

    std::string_view text_;
    std::size_t at_ = 0;
};

/// BadRequest: what was expected where, and what is there.
tl::unexpected<Error> filter_error(std::string_view text,
                                   std::size_t position,
                                   std::string_view expected);

}  // namespace sluice::services::sql
