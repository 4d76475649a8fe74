#include "services/sql/odbc/placeholders.h"

#include <algorithm>
#include <charconv>

namespace sluice::services::sql {
namespace {

/// Behind the text, the name or the comment that begins at `at`; `at` when none does.
std::size_t after_quoted(std::string_view sql, std::size_t at, bool has_brackets) {
    const char open = sql[at];
    const bool is_quote =
        open == '\'' || open == '"' || open == '`' || (open == '[' && has_brackets);
    const std::string_view two = sql.substr(at, 2);
    if (!is_quote && two != "--" && two != "/*") {
        return at;
    }
    const std::string_view end = two == "--"   ? "\n"
                                 : two == "/*" ? "*/"
                                 : open == '[' ? "]"
                                               : sql.substr(at, 1);
    const std::size_t found = sql.find(end, at + (is_quote ? 1 : 2));
    // A doubled quote inside is two texts side by side, which comes to the same.
    return found == std::string_view::npos ? sql.size() : found + end.size();
}

class Marker {
public:
    Marker(const Statement& statement, Placeholders placeholders, bool has_brackets)
        : sql_(statement.text),
          given_(statement.values),
          is_numbered_(placeholders == Placeholders::Numbered),
          has_brackets_(has_brackets) {}

    Result<Statement> run(bool writes_integers) {
        std::size_t next = 0;
        for (std::size_t at = 0; at < sql_.size();) {
            const std::size_t behind = after_quoted(sql_, at, has_brackets_);
            if (behind > at) {
                out_.text.append(sql_, at, behind - at);
                at = behind;
            } else if (const auto index = placeholder(at, next)) {
                if (*index >= given_.size()) {
                    return misfit();
                }
                value(given_[*index], writes_integers);
            } else {
                out_.text.push_back(sql_[at++]);
            }
        }
        if (!is_numbered_ && next != given_.size()) {
            return misfit();
        }
        return std::move(out_);
    }

private:
    static tl::unexpected<Error> misfit() {
        return fail(Error(ErrorKind::Internal, "The database refused the statement.")
                        .with_detail("values and placeholders do not fit"));
    }

    /// The index of the value that is meant at `at`, which moves behind the placeholder.
    std::optional<std::size_t> placeholder(std::size_t& at, std::size_t& next) const {
        const char sign = is_numbered_ ? '$' : '?';
        if (sql_[at] != sign) {
            return std::nullopt;
        }
        std::size_t number = 0;
        const char* begin = sql_.data() + at + 1;
        const auto [end, code] = std::from_chars(begin, sql_.data() + sql_.size(), number);
        if (code == std::errc() && number > 0) {
            at += 1 + static_cast<std::size_t>(end - begin);
            next = std::max(next, number);
            return number - 1;
        }
        if (is_numbered_) {
            return std::nullopt;
        }
        ++at;
        return next++;
    }

    void value(const Value& given, bool writes_integers) {
        if (is_null(given)) {
            out_.text.append("NULL");
            return;
        }
        const auto* integer = std::get_if<std::int64_t>(&given);
        if (writes_integers && integer != nullptr) {
            out_.text.append(std::to_string(*integer));
            return;
        }
        out_.text.push_back('?');
        out_.values.push_back(given);
    }

    const std::string& sql_;
    const std::vector<Value>& given_;
    bool is_numbered_;
    bool has_brackets_;
    Statement out_;
};

}  // namespace

Result<Statement> with_marks(const Statement& statement,
                             Placeholders placeholders,
                             bool has_brackets,
                             std::size_t most) {
    for (const bool writes_integers : {false, true}) {
        SLUICE_TRY(auto marked, Marker(statement, placeholders, has_brackets).run(writes_integers));
        if (marked.values.size() <= most) {
            return marked;
        }
    }
    return fail(ErrorKind::BadRequest, "The request has more values than the database takes.");
}

}  // namespace sluice::services::sql
